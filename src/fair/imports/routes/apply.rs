//! Apply an import, and download the rows with errors.
use std::io::Write;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;

use super::{
    super::{
        run::{ImportOutcome, Mode},
        store,
        stored_import::{self, find_applicable, save, set_planned, stored_table, undo_reason},
        write,
    },
    actions::ManageImports,
    upload::ImportPath,
    view::{ImportView, Written, view},
};
use crate::imports::RunningImports;
use hoicho_core::{db::Tx, values::ids::ImportId};
use hoicho_web::{
    http::{
        ApiResponse, Body, Code, Problem,
        download::{Spool, attachment, write_error},
        preferred_language,
    },
    identity::{Authorized, Permit},
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ApplyImport {
    /// `all`: all rows, or none if one has an error. `good_rows`: only the rows without errors.
    mode: Mode,
    /// Imports unusual values too. Without it nothing is imported while `outcome.to_confirm` has any.
    #[serde(default)]
    accept_warnings: bool,
}

/// Imports the rows. With `all` and a row error, or with unusual values that are not accepted, nothing is imported, the state is
/// `checked`, and `outcome` has the errors and values. More than 500 rows are written in chunks, between which others can write: the
/// state is `applying` meanwhile, and `GET` returns the progress. If something has changed since that a chunk conflicts with, what was
/// written is taken back and the response is 409. Where that is not possible, or if the server stops meanwhile, the state becomes
/// `interrupted`: `apply` then imports the rows that are missing, `undo` takes back those that are there.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` unless the import is `uploaded`, `checked` or
/// `interrupted`, and `edition_finalised` once the edition is finalised or cancelled. An import is applied once; no e-mail is
/// sent.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/imports/{import}/apply",
    tag = "imports",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("import" = ImportId, Path),
    ),
    request_body = ApplyImport,
    responses(
        (status = 200, body = ImportView),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/imports/{import}/apply")]
pub(super) async fn apply_import(
    req: HttpRequest,
    permit: Permit<ManageImports>,
    running: web::Data<RunningImports>,
    path: ImportPath,
    body: Body<ApplyImport>,
) -> Result<ApiResponse, Problem> {
    let ApplyImport { mode, accept_warnings } = body.into_result()?;
    let (id, language, running) = (path.1, preferred_language(&req), running.get_ref().clone());
    let watch = running.register(id);
    let plan = move |tx: &mut Tx<'_>, authorized: &Authorized| {
        let mut row = find_applicable(tx, authorized, id)?;
        let table = stored_table(tx, &row)?;
        let planned = table.plan(tx, authorized, &|done, all| watch.update(done, all))?;
        let is_applied = set_planned(&mut row, &planned, (mode, accept_warnings))?;
        let response = ApiResponse::ok(&view(&row, &table, Written::default(), language)?)?;
        Ok((row, planned, is_applied, response))
    };
    permit
        .plan_and_write_steps(plan, move |steps, (row, planned, is_applied, response)| async move {
            if is_applied {
                let reason = undo_reason(&row, language);
                return write::write(steps, row, planned, (running, reason), response).await;
            }
            let save = move |tx: &mut Tx<'_>, _: &Authorized| save(tx, &row).map(|()| response);
            steps.finish(save).await
        })
        .await
}

/// Downloads the rows with errors as CSV, with the error messages in the first column, so that they can be corrected and
/// uploaded again. Each row has its day, zone and units, so that it gives alone what it would have given in the whole table.
///
/// Owners and managers of the organiser. 404 until the import was checked or applied.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/imports/{import}/bad-rows",
    tag = "imports",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("import" = ImportId, Path),
    ),
    responses(
        (status = 200, content_type = "text/csv", body = String),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/imports/{import}/bad-rows")]
pub(super) async fn get_bad_rows(
    req: HttpRequest,
    permit: Permit<ManageImports>,
    path: ImportPath,
) -> Result<HttpResponse, Problem> {
    let (id, language) = (path.1, preferred_language(&req));
    let file = permit.read_long(move |tx, authorized| {
        let row = store::find(tx, authorized.edition()?, id)?;
        let outcome: ImportOutcome = match &row.outcome {
            Some(outcome) => serde_json::from_str(outcome).map_err(|e| stored_import::storage_error(&e))?,
            None => return Err(Code::NotFound.into()),
        };
        stored_table(tx, &row)?.bad_rows_csv(&outcome, language)
    });
    let (csv, held) = file.await?;
    let mut file = Spool::default();
    file.write_all(&csv).map_err(write_error)?;
    attachment("text/csv; charset=utf-8", "bad-rows.csv", file, held)
}
