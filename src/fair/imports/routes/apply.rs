//! Apply an import, and download the rows with errors.
use actix_web::{HttpRequest, HttpResponse, get, http::header, post, web};
use serde::Deserialize;

use super::{
    super::{
        run::{Mode, Outcome},
        store::{self, ImportState},
    },
    At, Import, note, open, table,
    upload::language,
    view::{ImportView, view},
};
use crate::imports::Working;
use hoicho_core::values::ids::ImportId;
use hoicho_web::{
    http::{Answer, Body, Code, Problem},
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ApplyImport {
    /// `all`: all rows, or none if one has an error. `good_rows`: only the rows without errors.
    mode: Mode,
}

/// Imports the rows in one transaction. With `all` and a row error nothing is imported, the state is `checked`, and
/// `outcome` has the errors. While it runs, `GET` returns the progress.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/imports/{import}/apply", tag = "imports", params(("edition" = String, Path), ("import" = ImportId, Path)), request_body = ApplyImport, responses((status = 200, body = ImportView), (status = 403), (status = 404), (status = 409), (status = 422)))]
#[post("/editions/{edition}/imports/{import}/apply")]
pub(super) async fn apply_import(
    req: HttpRequest,
    permit: Permit<Import>,
    running: web::Data<Working>,
    path: At,
    body: Body<ApplyImport>,
) -> Result<Answer, Problem> {
    let mode = body.get()?.mode;
    let (id, language) = (path.1, language(&req));
    let watch = running.watch(id);
    permit
        .once(move |tx, granted| {
            let mut row = open(tx, &granted, id)?;
            let table = table(&row)?;
            let outcome = table.take(tx, &granted, mode, &|done, all| watch.tell(done, all))?;
            let is_applied = mode == Mode::GoodRows || outcome.faults.is_empty();
            let state = if is_applied { ImportState::Applied } else { ImportState::Checked };
            note(tx, &mut row, state, &outcome)?;
            Answer::ok(&view(&row, &table, None, language)?)
        })
        .await
}

/// Downloads the rows with errors as CSV, with the error messages in the first column, so that they can be corrected and
/// uploaded again.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/imports/{import}/bad-rows", tag = "imports", params(("edition" = String, Path), ("import" = ImportId, Path)), responses((status = 200, content_type = "text/csv", body = String), (status = 404)))]
#[get("/editions/{edition}/imports/{import}/bad-rows")]
pub(super) async fn get_bad_rows(req: HttpRequest, permit: Permit<Import>, path: At) -> Result<HttpResponse, Problem> {
    let (id, language) = (path.1, language(&req));
    let csv = permit.read(move |tx, granted| {
        let row = store::find(tx, granted.edition()?, id)?;
        let outcome: Outcome = match &row.outcome {
            Some(outcome) => serde_json::from_str(outcome).map_err(|e| super::broken(&e))?,
            None => return Err(Code::NotFound.into()),
        };
        table(&row)?.bad_rows(&outcome, language)
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"bad-rows.csv\""))
        .body(csv.await?))
}
