//! Sending a file, and looking at it again.
use actix_web::{HttpRequest, HttpResponse, get, http::header, post, web};
use serde::Deserialize;

use super::{
    super::{
        fields::ImportKind,
        store::{self, ImportRow, ImportState},
        table::{self, Table},
    },
    At, Import, json, table as kept,
    view::{ImportView, view},
};
use crate::imports::Working;
use hoicho_core::{i18n::Language, values::ids::ImportId};
use hoicho_web::{
    http::{Answer, Checks, Problem, Query, Raw},
    identity::Permit,
};

pub(super) fn language(req: &HttpRequest) -> Language {
    Language::from_header(req.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct UploadQuery {
    /// What its rows are.
    kind: ImportKind,
    /// As it is called: 1 to 200 characters.
    file_name: Option<String>,
}

/// Sends a table as CSV (UTF-8 or UTF-16; commas, semicolons or tabs) or XLSX, at most 20 MB and 120,000 rows. The row of
/// the titles and what each column is are guessed, or known from the last time the organiser said so of such titles.
/// Nothing is taken yet: see `check` and `apply`. Kept for 30 days.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/imports", tag = "imports", params(("edition" = String, Path), UploadQuery), request_body(content = String, content_type = "application/octet-stream"), responses((status = 201, body = ImportView), (status = 403), (status = 404), (status = 413), (status = 422)))]
#[post("/editions/{edition}/imports")]
pub(super) async fn upload_table(
    req: HttpRequest,
    permit: Permit<Import>,
    query: Query<UploadQuery>,
    file: Raw<20_971_520>,
) -> Result<Answer, Problem> {
    let UploadQuery { kind, file_name } = query.get()?;
    let mut checks = Checks::default();
    let file_name = file_name.map_or_else(|| kind.to_string(), |name| checks.text("/file_name", &name, 200));
    checks.done()?;
    let (bytes, language) = (file.get()?, language(&req));
    permit
        .once(move |tx, granted| {
            let (edition, organiser) = (granted.edition()?, granted.organiser()?);
            let days = table::days(tx, edition)?;
            let mut read = Table::read(kind, &bytes, &days)?;
            if let Some(known) = store::remembered(tx, organiser, kind, &read.titles())? {
                let known =
                    serde_json::from_str::<super::super::mapping::Mapping>(&known).map_err(|e| super::broken(&e))?;
                read.mapping.columns = known.columns;
                read.mapping = read.mapping.settle(kind, &read.sheet, &days);
            }
            let row = ImportRow {
                id: ImportId::make(),
                edition_id: edition,
                kind,
                file_name,
                sheet_name: read.sheet.name.clone(),
                cells: json(&read.sheet.rows)?,
                mapping: json(&read.mapping)?,
                state: ImportState::Uploaded,
                outcome: None,
                created_by: granted.actor()?,
                created_at: granted.now,
                version: 1,
            };
            store::insert(tx, &row)?;
            Answer::created(&view(&row, &read, None, language)?)
        })
        .await
}

/// A table with its columns, how far it is, and what became of it.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/imports/{import}", tag = "imports", params(("edition" = String, Path), ("import" = ImportId, Path)), responses((status = 200, body = ImportView), (status = 404)))]
#[get("/editions/{edition}/imports/{import}")]
pub(super) async fn get_import(
    req: HttpRequest,
    permit: Permit<Import>,
    running: web::Data<Working>,
    path: At,
) -> Result<HttpResponse, Problem> {
    let (id, language) = (path.1, language(&req));
    let under = running.of(id);
    let shown = permit.read(move |tx, granted| {
        let row = store::find(tx, granted.edition()?, id)?;
        view(&row, &kept(&row)?, under, language)
    });
    Ok(HttpResponse::Ok().json(shown.await?))
}
