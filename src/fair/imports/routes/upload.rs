//! Upload and read imports.
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;

use super::{
    super::{
        context::ImportContext,
        fields::ImportKind,
        store,
        stored_import::{storage_error, stored_table, to_cells, to_row},
        table::ImportTable,
    },
    actions::ManageImports,
    view::{ImportView, Written, view},
};
use crate::imports::RunningImports;
use hoicho_core::{db::Tx, values::ids::ImportId};
use hoicho_web::{
    http::{ApiResponse, Problem, Query, RawBody, Validator, limits::NameText, preferred_language, size_limits::MIB},
    identity::{Authorized, Permit},
};

pub(super) type ImportPath = web::Path<(String, ImportId)>;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct UploadQuery {
    /// Type of the rows.
    kind: ImportKind,
    /// File name: 1 to 200 characters.
    file_name: Option<String>,
    /// Name of the sheet, for workbooks with several tables: 1 to 200 characters.
    sheet: Option<String>,
}

/// Max size of an uploaded table.
const MAX_FILE_BYTES: usize = 20 * MIB;

/// Uploads a CSV (UTF-8 or UTF-16; commas, semicolons or tabs) or XLSX file, at most 20 MB, 120,000 rows, 100 columns and 20
/// sheets. The header row and the column mapping are detected, or taken from the mapping that the organiser saved for the same
/// titles. If several visible sheets have all columns, `sheet` must choose one; hidden sheets are read only if chosen. Nothing
/// is imported yet: see `check` and `apply`. Stored for 30 days.
///
/// Owners and managers of the organiser. Refused with 413 `too_large`, and 422 `invalid` for a file that is not a table, has no
/// rows, or has several tables of which `sheet` chooses none.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/imports",
    tag = "imports",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        UploadQuery,
    ),
    request_body(content = String, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = ImportView),
        (status = 403),
        (status = 404),
        (status = 413),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/imports")]
pub(super) async fn upload_table(
    req: HttpRequest,
    permit: Permit<ManageImports>,
    query: Query<UploadQuery>,
    file: RawBody<MAX_FILE_BYTES>,
) -> Result<ApiResponse, Problem> {
    let UploadQuery { kind, file_name, sheet } = query.into_result()?;
    let mut checks = Validator::default();
    let file_name =
        file_name.map_or_else(|| kind.to_string(), |name| checks.require_text::<NameText>("/file_name", &name));
    // A blank field of the form chooses none.
    let sheet = sheet.filter(|name| !name.trim().is_empty());
    let sheet = sheet.map(|name| checks.require_text::<NameText>("/sheet", &name));
    checks.finish()?;
    let (bytes, language) = (file.into_result()?, preferred_language(&req));
    let plan = move |tx: &mut Tx<'_>, authorized: &Authorized| {
        let (edition, organiser) = (authorized.edition()?, authorized.organiser()?);
        let context = ImportContext::load(tx, edition)?;
        let mut uploaded = ImportTable::parse(kind, &bytes, context, sheet.as_deref())?;
        let candidates = uploaded.header_candidates();
        let hashes: Vec<String> = candidates.iter().map(|(_, hash)| hash.clone()).collect();
        let saved = store::find_mappings(tx, organiser, kind, &hashes)?;
        let remembered = candidates.into_iter().find_map(|(row, hash)| {
            saved.iter().find(|(titles, _)| *titles == hash).map(|(_, mapping)| (row, mapping))
        });
        if let Some((header_row, saved)) = remembered {
            let titles = serde_json::from_str(saved).map_err(|e| storage_error(&e))?;
            uploaded = uploaded.with_titles(header_row, &titles);
        }
        let row = to_row(authorized, file_name, &uploaded)?;
        let cells = to_cells(&uploaded)?;
        let path = format!("/editions/{}/imports/{}", row.edition_id, row.id);
        let response = ApiResponse::created(&path, &view(&row, &uploaded, Written::default(), language)?)?;
        Ok((row, cells, response))
    };
    permit
        .plan_and_write(plan, |tx, _authorized, (row, cells, response)| {
            store::insert(tx, &row, &cells)?;
            Ok(response)
        })
        .await
}

/// Returns an import with its columns, progress and outcome.
///
/// Owners and managers of the organiser. 404 once it is older than 30 days; poll it for the progress of `check`, `apply` and
/// `undo`.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/imports/{import}",
    tag = "imports",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("import" = ImportId, Path),
    ),
    responses(
        (status = 200, body = ImportView),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/imports/{import}")]
pub(super) async fn get_import(
    req: HttpRequest,
    permit: Permit<ManageImports>,
    running: web::Data<RunningImports>,
    path: ImportPath,
) -> Result<HttpResponse, Problem> {
    let (id, language) = (path.1, preferred_language(&req));
    let progress = running.get(id);
    let view = permit.read_long(move |tx, authorized| {
        let row = store::find(tx, authorized.edition()?, id)?;
        let (table, written) = (stored_table(tx, &row)?, Written::load(tx, &row, progress)?);
        view(&row, &table, written, language)
    });
    Ok(HttpResponse::Ok().json(view.await?.0))
}
