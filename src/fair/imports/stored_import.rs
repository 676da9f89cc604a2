//! An import as it is stored: found, read and saved by the endpoints and the command line.
use serde::{Deserialize, Serialize};

use super::{
    changes,
    context::ImportContext,
    run::{ImportOutcome, Mode, Progress},
    store::{self, ImportRow},
    table::{ImportTable, SheetInfo},
};
use hoicho_core::{
    db::Tx,
    i18n::{Language, MessageId},
    states::ImportState,
    values::ids::ImportId,
};
use hoicho_spreadsheet::Sheet;
use hoicho_web::{
    audit::AuditAction,
    http::{Code, Problem},
    identity::Authorized,
};

pub(super) fn storage_error(error: &serde_json::Error) -> Problem {
    tracing::error!(%error, "failed to serialize or deserialize a stored import");
    Code::Internal.into()
}

pub(super) fn to_json(value: &impl serde::Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|e| storage_error(&e))
}

/// Finds an import that is not applied yet.
pub(super) fn find_open(tx: &mut Tx<'_>, authorized: &Authorized, id: ImportId) -> Result<ImportRow, Problem> {
    let row = store::find(tx, authorized.edition()?, id)?;
    match row.state {
        ImportState::Uploaded | ImportState::Checked => Ok(row),
        ImportState::Applied => Err(Problem::new(Code::IllegalStep, MessageId("import-already-applied"))),
        ImportState::Undone => Err(Problem::new(Code::IllegalStep, MessageId("import-already-undone"))),
    }
}

/// Stores a table as a new import.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    file_name: String,
    table: &ImportTable,
) -> Result<ImportRow, Problem> {
    let row = ImportRow {
        id: ImportId::make(),
        edition_id: authorized.edition()?,
        kind: table.kind,
        file_name,
        sheet_name: table.sheet.name.clone(),
        cells: to_json(&StoredSheets { sheet: &table.sheet, sheets: &table.sheets })?,
        mapping: to_json(&table.mapping)?,
        state: ImportState::Uploaded,
        outcome: None,
        created_by: authorized.user,
        created_at: authorized.now,
        version: 1,
    };
    store::insert(tx, &row)?;
    Ok(row)
}

/// Stores the state and outcome of an import.
pub(super) fn save_outcome(
    tx: &mut Tx<'_>,
    row: &mut ImportRow,
    state: ImportState,
    outcome: &ImportOutcome,
) -> Result<(), Problem> {
    row.outcome = Some(to_json(outcome)?);
    set_state(tx, row, state)
}

fn set_state(tx: &mut Tx<'_>, row: &mut ImportRow, state: ImportState) -> Result<(), Problem> {
    row.state = state;
    if store::update(tx, row)? { Ok(()) } else { Err(Code::StaleVersion.into()) }
}

#[derive(Serialize)]
struct StoredSheets<'a> {
    sheet: &'a Sheet,
    sheets: &'a [SheetInfo],
}

#[derive(Deserialize)]
struct LoadedSheets {
    sheet: Sheet,
    sheets: Vec<SheetInfo>,
}

/// Deserializes the sheet and mapping of an import. Takes the cells out of the row, so that they are in memory once.
pub(super) fn stored_table(tx: &mut Tx<'_>, row: &mut ImportRow) -> Result<ImportTable, Problem> {
    let cells = std::mem::take(&mut row.cells);
    let LoadedSheets { sheet, sheets } = serde_json::from_str(&cells).map_err(|e| storage_error(&e))?;
    let mapping = serde_json::from_str(&row.mapping).map_err(|e| storage_error(&e))?;
    let context = ImportContext::load(tx, row.edition_id)?;
    Ok(ImportTable { kind: row.kind, sheet, sheets, mapping, context })
}

/// Imports the rows of a stored import; the outcome says whether they were.
pub(super) fn apply(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    (row, table): (&mut ImportRow, &ImportTable),
    (mode, accepts_warnings): (Mode, bool),
    progress: Progress<'_>,
) -> Result<ImportOutcome, Problem> {
    let outcome = table.apply(tx, authorized, row.id, (mode, accepts_warnings), progress)?;
    let is_applied = outcome.is_applied(mode, accepts_warnings);
    let state = if is_applied { ImportState::Applied } else { ImportState::Checked };
    save_outcome(tx, row, state, &outcome)?;
    Ok(outcome)
}

/// A file that was imported by the command line.
pub struct ImportedFile {
    pub id: ImportId,
    pub outcome: ImportOutcome,
}

/// Stores a table and imports its rows, so that this can be undone like an import of the API.
pub fn apply_file(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    (file_name, table): (String, &ImportTable),
    how: (Mode, bool),
    progress: Progress<'_>,
) -> Result<ImportedFile, Problem> {
    let mut row = insert(tx, authorized, file_name, table)?;
    let outcome = apply(tx, authorized, (&mut row, table), how, progress)?;
    Ok(ImportedFile { id: row.id, outcome })
}

/// Undoes an applied import.
pub(super) fn undo(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    id: ImportId,
    language: Language,
) -> Result<ImportRow, Problem> {
    let mut row = store::find(tx, authorized.edition()?, id)?;
    match row.state {
        ImportState::Applied => {}
        ImportState::Uploaded | ImportState::Checked => {
            return Err(Problem::new(Code::IllegalStep, MessageId("import-not-applied")));
        }
        ImportState::Undone => return Err(Problem::new(Code::IllegalStep, MessageId("import-already-undone"))),
    }
    let reason = MessageId("import-undo-reason").with_args(&[("file", &row.file_name)]).localize();
    let undone = changes::undo(tx, authorized, id, reason.get(language))?;
    set_state(tx, &mut row, ImportState::Undone)?;
    authorized.record_audit(tx, AuditAction::ImportUndo, id, Some(undone), None)?;
    Ok(row)
}
