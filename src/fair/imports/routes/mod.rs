//! `/editions/{edition}/imports`.
mod apply;
mod check;
mod mapping;
mod upload;
mod view;

use actix_web::web;

use super::{
    run::ImportOutcome,
    store::{self, ImportRow, ImportState},
    table::ImportTable,
};
use hoicho_core::{db::Tx, i18n::MessageId, values::ids::ImportId};
use hoicho_web::{
    http::{Code, Problem},
    identity::{Action, Authorized, OrganiserRole},
};

/// OpenAPI operations of imports.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    upload::upload_table,
    upload::get_import,
    mapping::put_mapping,
    check::check_import,
    apply::apply_import,
    apply::get_bad_rows,
))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(upload::upload_table).service(upload::get_import).service(mapping::put_mapping);
    cfg.service(check::check_import).service(apply::apply_import).service(apply::get_bad_rows);
}

struct ManageImports;
impl Action for ManageImports {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
}

type ImportPath = web::Path<(String, ImportId)>;

fn storage_error(error: &serde_json::Error) -> Problem {
    tracing::error!(%error, "failed to serialize or deserialize a stored import");
    Code::Internal.into()
}

fn to_json(value: &impl serde::Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|e| storage_error(&e))
}

/// Finds an import that is not applied yet.
fn find_open(tx: &mut Tx<'_>, granted: &Authorized, id: ImportId) -> Result<ImportRow, Problem> {
    let row = store::find(tx, granted.edition()?, id)?;
    match row.state {
        ImportState::Uploaded | ImportState::Checked => Ok(row),
        ImportState::Applied => Err(Problem::new(Code::IllegalStep, MessageId("import-already-applied"))),
    }
}

/// Stores the state and outcome of an import.
fn save_outcome(
    tx: &mut Tx<'_>,
    row: &mut ImportRow,
    state: ImportState,
    outcome: &ImportOutcome,
) -> Result<(), Problem> {
    (row.state, row.outcome) = (state, Some(to_json(outcome)?));
    if store::update(tx, row)? { Ok(()) } else { Err(Code::StaleVersion.into()) }
}

/// Deserializes the sheet and mapping of an import.
fn stored_table(row: &ImportRow) -> Result<ImportTable, Problem> {
    let rows = serde_json::from_str(&row.cells).map_err(|e| storage_error(&e))?;
    let mapping = serde_json::from_str(&row.mapping).map_err(|e| storage_error(&e))?;
    Ok(ImportTable { kind: row.kind, sheet: hoicho_spreadsheet::Sheet { name: row.sheet_name.clone(), rows }, mapping })
}
