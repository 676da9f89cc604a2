//! A dry run.
use actix_web::{HttpRequest, post, web};

use super::{
    super::store::{self, ImportState},
    At, Import, json, table,
    upload::language,
    view::{ImportView, view},
};
use crate::{
    app::State,
    http::{Answer, Code, Problem},
    i18n::Said,
    identity::Permit,
    values::ids::ImportId,
};

/// Tells what would become of the table, with everything that is wrong with any row at once; changes nothing. While it
/// works, `GET` tells how far it is.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/imports/{import}/check", tag = "imports", params(("edition" = String, Path), ("import" = ImportId, Path)), responses((status = 200, body = ImportView), (status = 403), (status = 404), (status = 409), (status = 422)))]
#[post("/editions/{edition}/imports/{import}/check")]
pub(super) async fn check_import(
    req: HttpRequest,
    permit: Permit<Import>,
    state: web::Data<State>,
    path: At,
) -> Result<Answer, Problem> {
    let (id, language) = (path.1, language(&req));
    let watch = state.imports.watch(id);
    permit
        .once(move |tx, granted| {
            let mut row = store::find(tx, granted.edition()?, id)?;
            if row.state == ImportState::Applied {
                return Err(Problem::new(Code::IllegalStep, Said("this-import-is-over")));
            }
            let read = table(&row)?;
            let outcome = read.check(tx, &granted, &|done, all| watch.tell(done, all))?;
            (row.state, row.outcome) = (ImportState::Checked, Some(json(&outcome)?));
            if !store::replace(tx, &row)? {
                return Err(Code::StaleVersion.into());
            }
            Answer::ok(&view(&row, &read, None, language)?)
        })
        .await
}
