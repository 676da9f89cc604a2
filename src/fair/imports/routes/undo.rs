//! Undo an import.
use actix_web::{HttpRequest, post};

use super::{
    super::{
        store,
        stored_import::{self, stored_table},
    },
    actions::ManageImports,
    upload::{ImportPath, language},
    view::{ImportView, view},
};
use hoicho_core::{db::Tx, states::ImportState, values::ids::ImportId};
use hoicho_web::{
    http::{ApiResponse, Problem},
    identity::{Authorized, Permit},
};

/// Undoes an applied import as one step: what it created is deleted, what it changed is set back. Corrected sales reports get a version
/// with their former amounts, so that all versions stay readable. Possible for the 30 days for which an import is stored, and while
/// nothing else has changed or used what it made; otherwise 409 `illegal_step`, whose `detail` names what has changed. Rows that were
/// deleted since do not prevent it.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/imports/{import}/undo",
    tag = "imports",
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
    path: ImportPath,
) -> Result<ApiResponse, Problem> {
    let (id, language) = (path.1, language(&req));
    let plan = move |tx: &mut Tx<'_>, authorized: &Authorized| {
        let mut row = store::find(tx, authorized.edition()?, id)?;
        let table = stored_table(tx, &mut row)?;
        row.state = ImportState::Undone;
        ApiResponse::ok(&view(&row, &table, None, language)?)
    };
    permit
        .plan_and_write(plan, move |tx, authorized, response| {
            stored_import::undo(tx, &authorized, id, language)?;
            Ok(response)
        })
        .await
}
