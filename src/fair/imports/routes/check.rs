//! Dry run of an import.
use actix_web::{HttpRequest, post, web};

use super::{
    super::stored_import::{find_open, save, set_outcome, stored_table},
    actions::ManageImports,
    upload::ImportPath,
    view::{ImportView, Written, view},
};
use crate::imports::RunningImports;
use hoicho_core::{db::Tx, states::ImportState, values::ids::ImportId};
use hoicho_web::{
    http::{ApiResponse, Problem, preferred_language},
    identity::{Authorized, Permit},
};

/// Dry run: returns the outcome with the errors of all rows and what was read (sums by day and zone, the first and last rows as
/// understood), and imports nothing. While it runs, `GET` returns the progress.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` once the import is being applied or undone, was applied
/// or undone, or is `interrupted`. The state becomes `checked`, also with errors.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/imports/{import}/check",
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
        (status = 422),
    ),
)]
#[post("/editions/{edition}/imports/{import}/check")]
pub(super) async fn check_import(
    req: HttpRequest,
    permit: Permit<ManageImports>,
    running: web::Data<RunningImports>,
    path: ImportPath,
) -> Result<ApiResponse, Problem> {
    let (id, language) = (path.1, preferred_language(&req));
    let watch = running.register(id);
    let plan = move |tx: &mut Tx<'_>, authorized: &Authorized| {
        let mut row = find_open(tx, authorized, id)?;
        let table = stored_table(tx, &row)?;
        let planned = table.plan(tx, authorized, &|done, all| watch.update(done, all))?;
        set_outcome(&mut row, ImportState::Checked, &planned.outcome)?;
        let response = ApiResponse::ok(&view(&row, &table, Written::default(), language)?)?;
        Ok((row, response))
    };
    permit
        .plan_and_write(plan, |tx, _authorized, (row, response)| {
            save(tx, &row)?;
            Ok(response)
        })
        .await
}
