//! An import as it is stored: found, read and saved by the endpoints.
use actix_web::web;
use serde::{Deserialize, Serialize};

use super::super::{
    context::ImportContext,
    run::ImportOutcome,
    store::{self, ImportRow},
    table::{ImportTable, SheetInfo},
};
use hoicho_core::{db::Tx, i18n::MessageId, states::ImportState, values::ids::ImportId};
use hoicho_spreadsheet::Sheet;
use hoicho_web::{
    http::{Code, Problem},
    identity::Authorized,
};

pub(super) type ImportPath = web::Path<(String, ImportId)>;

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
    }
}

/// Stores the state and outcome of an import.
pub(super) fn save_outcome(
    tx: &mut Tx<'_>,
    row: &mut ImportRow,
    state: ImportState,
    outcome: &ImportOutcome,
) -> Result<(), Problem> {
    (row.state, row.outcome) = (state, Some(to_json(outcome)?));
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

/// Serializes the sheet, and the names of the others.
pub(super) fn sheets_to_json(table: &ImportTable) -> Result<String, Problem> {
    to_json(&StoredSheets { sheet: &table.sheet, sheets: &table.sheets })
}

/// Deserializes the sheet and mapping of an import.
pub(super) fn stored_table(tx: &mut Tx<'_>, row: &ImportRow) -> Result<ImportTable, Problem> {
    let LoadedSheets { sheet, sheets } = serde_json::from_str(&row.cells).map_err(|e| storage_error(&e))?;
    let mapping = serde_json::from_str(&row.mapping).map_err(|e| storage_error(&e))?;
    let context = ImportContext::load(tx, row.edition_id)?;
    Ok(ImportTable { kind: row.kind, sheet, sheets, mapping, context })
}
