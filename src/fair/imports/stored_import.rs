//! An import as it is stored: found, read and saved by the endpoints and the command line.
use serde::{Deserialize, Serialize};

use super::{
    changes,
    context::ImportContext,
    run::{ImportOutcome, Mode, PlannedImport},
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

/// A table as a new import, not stored yet.
pub(super) fn to_row(authorized: &Authorized, file_name: String, table: &ImportTable) -> Result<ImportRow, Problem> {
    Ok(ImportRow {
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
    })
}

/// Sets the state and outcome, not stored yet.
pub(super) fn set_outcome(row: &mut ImportRow, state: ImportState, outcome: &ImportOutcome) -> Result<(), Problem> {
    row.outcome = Some(to_json(outcome)?);
    row.state = state;
    Ok(())
}

/// Stores the mapping, state and outcome.
///
/// # Errors
/// [`Code::StaleVersion`] if the import has changed since it was read.
pub(super) fn save(tx: &mut Tx<'_>, row: &ImportRow) -> Result<(), Problem> {
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

/// Sets what the import will be if it is written, and returns whether its rows are.
pub(super) fn set_planned(
    row: &mut ImportRow,
    planned: &PlannedImport,
    (mode, accepts_warnings): (Mode, bool),
) -> Result<bool, Problem> {
    let is_applied = planned.outcome.is_applied(mode, accepts_warnings);
    let state = if is_applied { ImportState::Applied } else { ImportState::Checked };
    set_outcome(row, state, &planned.outcome)?;
    Ok(is_applied)
}

/// Stores a table and imports its rows as planned, so that this can be undone like an import of the API.
pub fn apply_file(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    (file_name, table): (String, &ImportTable),
    planned: &PlannedImport,
    how: (Mode, bool),
) -> Result<ImportId, Problem> {
    let mut row = to_row(authorized, file_name, table)?;
    let is_applied = set_planned(&mut row, planned, how)?;
    store::insert(tx, &row)?;
    if is_applied {
        planned.write(tx, authorized, row.id)?;
    }
    Ok(row.id)
}

/// Undoes an applied import.
pub(super) fn undo(tx: &mut Tx<'_>, authorized: &Authorized, id: ImportId, language: Language) -> Result<(), Problem> {
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
    row.state = ImportState::Undone;
    save(tx, &row)?;
    authorized.record_audit(tx, AuditAction::ImportUndo, id, Some(undone), None)?;
    Ok(())
}
