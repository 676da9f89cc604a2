//! Undo an import.
use actix_web::{HttpRequest, post, web};

use super::{
    super::{
        progress::RunningImports,
        store::ImportRow,
        stored_import::{find_undoable, stored_table, undo_reason},
        write::{self, PlannedUndo},
    },
    actions::ManageImports,
    upload::ImportPath,
    view::{ImportView, Written, view},
};
use hoicho_core::{db::Tx, states::ImportState, values::ids::ImportId};
use hoicho_web::{
    http::{ApiResponse, Problem, preferred_language},
    identity::{Authorized, Permit},
};

/// Undoes an applied or interrupted import: what it created is deleted, what it changed is set back. More than 500 rows are undone in
/// chunks, between which others can write; the state is `undoing` meanwhile, and `interrupted` if it cannot be finished. Corrected
/// sales reports get a version with their former amounts, so that all versions stay readable. Possible for the 30 days for which an
/// import is stored, and while nothing else has changed or used what it made; otherwise 409 `illegal_step`, whose `detail` names what
/// has changed. Rows that were deleted since do not prevent it.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` unless the import is `applied` or `interrupted`, and
/// `edition_finalised` once the edition is finalised or cancelled.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/imports/{import}/undo",
    tag = "imports",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("import" = ImportId, Path),
    ),
    responses(
        (status = 200, body = ImportView),
        (status = 403),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/editions/{edition}/imports/{import}/undo")]
pub(super) async fn undo_import(
    req: HttpRequest,
    permit: Permit<ManageImports>,
    running: web::Data<RunningImports>,
    path: ImportPath,
) -> Result<ApiResponse, Problem> {
    let (id, language, running) = (path.1, preferred_language(&req), running.get_ref().clone());
    let plan = move |tx: &mut Tx<'_>, authorized: &Authorized| {
        let row = find_undoable(tx, authorized, id)?;
        let (table, reason) = (stored_table(tx, &row)?, undo_reason(&row, language));
        let undone = ImportRow { state: ImportState::Undone, ..row.clone() };
        let response = ApiResponse::ok(&view(&undone, &table, Written::default(), language)?)?;
        Ok((PlannedUndo::load(tx, authorized, row, reason)?, response))
    };
    permit
        .plan_and_write_steps(plan, move |steps, (planned, response)| write::undo(steps, planned, running, response))
        .await
}
