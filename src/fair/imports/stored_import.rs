//! An import as it is stored: found, read and saved by the endpoints and the command line.
use serde::{Deserialize, Serialize};

use super::{
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

fn refused(message: MessageId) -> Problem {
    Problem::new(Code::IllegalStep, message)
}

/// Finds an import of which nothing is written yet.
pub(super) fn find_open(tx: &mut Tx<'_>, authorized: &Authorized, id: ImportId) -> Result<ImportRow, Problem> {
    let row = find_applicable(tx, authorized, id)?;
    match row.state {
        ImportState::Interrupted => Err(refused(MessageId("import-interrupted"))),
        ImportState::Uploaded
        | ImportState::Checked
        | ImportState::Applying
        | ImportState::Applied
        | ImportState::Undoing
        | ImportState::Undone => Ok(row),
    }
}

/// Finds an import that can be applied: nothing of it is written yet, or a part of it.
pub(super) fn find_applicable(tx: &mut Tx<'_>, authorized: &Authorized, id: ImportId) -> Result<ImportRow, Problem> {
    let row = store::find(tx, authorized.edition()?, id)?;
    match row.state {
        ImportState::Uploaded | ImportState::Checked | ImportState::Interrupted => Ok(row),
        ImportState::Applying => Err(refused(MessageId("import-being-applied"))),
        ImportState::Applied => Err(refused(MessageId("import-already-applied"))),
        ImportState::Undoing => Err(refused(MessageId("import-being-undone"))),
        ImportState::Undone => Err(refused(MessageId("import-already-undone"))),
    }
}

/// Finds an import that can be undone: all of it is written, or a part.
pub(super) fn find_undoable(tx: &mut Tx<'_>, authorized: &Authorized, id: ImportId) -> Result<ImportRow, Problem> {
    let row = store::find(tx, authorized.edition()?, id)?;
    match row.state {
        ImportState::Applied | ImportState::Interrupted => Ok(row),
        ImportState::Uploaded | ImportState::Checked => Err(refused(MessageId("import-not-applied"))),
        ImportState::Applying => Err(refused(MessageId("import-being-applied"))),
        ImportState::Undoing => Err(refused(MessageId("import-being-undone"))),
        ImportState::Undone => Err(refused(MessageId("import-already-undone"))),
    }
}

/// The cells of a table as they are stored.
pub(super) fn to_cells(table: &ImportTable) -> Result<String, Problem> {
    to_json(&StoredSheets { sheet: &table.sheet, sheets: &table.sheets })
}

/// A table as a new import, not stored yet.
pub(super) fn to_row(authorized: &Authorized, file_name: String, table: &ImportTable) -> Result<ImportRow, Problem> {
    Ok(ImportRow {
        id: ImportId::make(),
        edition_id: authorized.edition()?,
        kind: table.kind,
        file_name,
        sheet_name: table.sheet.name.clone(),
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

/// Reads and deserializes the sheet and mapping of an import.
pub(super) fn stored_table(tx: &mut Tx<'_>, row: &ImportRow) -> Result<ImportTable, Problem> {
    let cells = store::find_cells(tx, row.id)?;
    let LoadedSheets { sheet, sheets } = serde_json::from_str(&cells).map_err(|e| storage_error(&e))?;
    let mapping = serde_json::from_str(&row.mapping).map_err(|e| storage_error(&e))?;
    let context = ImportContext::load(tx, row.edition_id)?;
    Ok(ImportTable { kind: row.kind, sheet, sheets, mapping, context })
}

/// Sets what the import will be if it is written, and returns whether its rows are. One that is interrupted stays so until all is written.
pub(super) fn set_planned(
    row: &mut ImportRow,
    planned: &PlannedImport,
    (mode, accepts_warnings): (Mode, bool),
) -> Result<bool, Problem> {
    let is_applied = planned.outcome.is_applied(mode, accepts_warnings);
    let is_interrupted = row.state == ImportState::Interrupted;
    let state = match (is_applied, is_interrupted) {
        (true, true | false) => ImportState::Applied,
        (false, true) => ImportState::Interrupted,
        (false, false) => ImportState::Checked,
    };
    set_outcome(row, state, &planned.outcome)?;
    Ok(is_applied)
}

/// The reason of sales reports that are corrected back.
pub(super) fn undo_reason(row: &ImportRow, language: Language) -> String {
    let reason = MessageId("import-undo-reason").with_args(&[("file", &row.file_name)]).localize();
    reason.get(language).to_owned()
}
