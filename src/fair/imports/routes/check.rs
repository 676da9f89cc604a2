//! Dry run of an import.
use actix_web::{HttpRequest, post, web};

use super::{
    super::store::ImportState,
    At, Import, note, open, table,
    upload::language,
    view::{ImportView, view},
};
use crate::imports::Working;
use hoicho_core::values::ids::ImportId;
use hoicho_web::{
    http::{Answer, Problem},
    identity::Permit,
};

/// Dry run: returns the outcome with the errors of all rows and rolls back. While it runs, `GET` returns the progress.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/imports/{import}/check", tag = "imports", params(("edition" = String, Path), ("import" = ImportId, Path)), responses((status = 200, body = ImportView), (status = 403), (status = 404), (status = 409), (status = 422)))]
#[post("/editions/{edition}/imports/{import}/check")]
pub(super) async fn check_import(
    req: HttpRequest,
    permit: Permit<Import>,
    running: web::Data<Working>,
    path: At,
) -> Result<Answer, Problem> {
    let (id, language) = (path.1, language(&req));
    let watch = running.watch(id);
    permit
        .once(move |tx, granted| {
            let mut row = open(tx, &granted, id)?;
            let table = table(&row)?;
            let outcome = table.check(tx, &granted, &|done, all| watch.tell(done, all))?;
            note(tx, &mut row, ImportState::Checked, &outcome)?;
            Answer::ok(&view(&row, &table, None, language)?)
        })
        .await
}
