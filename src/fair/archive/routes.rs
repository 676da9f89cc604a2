//! `/editions/{edition}/archive` and `/organisers/{organiser}/archives`.
use std::io::Write;

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::{
    sheets::Sheets,
    take_in::{self, TakenIn},
    write,
};
use crate::editions::{self, EditionView};
use hoicho_core::{
    db::Tx,
    i18n::Said,
    values::{ids::OrganiserId, text},
};
use hoicho_web::{
    http::{
        Answer, Checks, Problem, Query, Raw,
        streamed::{self, Form, Pieces, broken},
    },
    identity::{Action, Granted, OrganiserRole, Permit},
};

/// OpenAPI operations of archives.
#[derive(utoipa::OpenApi)]
#[openapi(paths(get_archive, take_in_archive), components(schemas(ArchiveFormat)))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(get_archive).service(take_in_archive);
}

struct ExportArchive;
impl Action for ExportArchive {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
}
struct ImportArchive;
impl Action for ImportArchive {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
}

/// File format of an archive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum ArchiveFormat {
    /// JSON Lines; can be imported.
    #[default]
    Jsonl,
    /// Workbook for people; cannot be imported.
    Xlsx,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ArchiveQuery {
    /// `jsonl` (default) or `xlsx`.
    format: Option<ArchiveFormat>,
}

fn write_jsonl(tx: &mut Tx<'_>, granted: &Granted, mut output: Pieces) -> Result<(), Problem> {
    write::edition(tx, granted.edition()?, granted.now, &mut |record| {
        serde_json::to_writer(&mut output, record).map_err(|error| broken(error.into()))?;
        output.write_all(b"\n").map_err(broken)
    })?;
    output.flush().map_err(broken)
}

fn write_xlsx(tx: &mut Tx<'_>, granted: &Granted, mut output: Pieces) -> Result<(), Problem> {
    let mut sheets = Sheets::new();
    write::edition(tx, granted.edition()?, granted.now, &mut |record| sheets.put(record))?;
    let file = tempfile::NamedTempFile::new().map_err(broken)?;
    sheets.save(file.path())?;
    std::io::copy(&mut file.reopen().map_err(broken)?, &mut output).map_err(broken)?;
    output.flush().map_err(broken)
}

/// Exports an edition in full from one snapshot: floor, exhibitors with their products, applications, allocations, sales
/// reports with all versions and lines, visit counts, deals. Without users, contacts, documents, preferences and the audit
/// log. A JSON Lines file ends with a record that holds the number of the others; a file without it is truncated.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/archive", tag = "editions", params(("edition" = String, Path), ArchiveQuery), responses((status = 200, content((String = "application/jsonl"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))), (status = 403), (status = 404)))]
#[get("/editions/{edition}/archive")]
async fn get_archive(
    permit: Permit<ExportArchive>,
    path: web::Path<String>,
    query: Query<ArchiveQuery>,
) -> Result<HttpResponse, Problem> {
    let format = query.get()?.format.unwrap_or_default();
    let (content_type, extension) = match format {
        ArchiveFormat::Jsonl => ("application/jsonl", "jsonl"),
        ArchiveFormat::Xlsx => (Form::Xlsx.content_type(), Form::Xlsx.ending()),
    };
    Ok(streamed::file(content_type, &format!("{}.{extension}", streamed::file_name(&path)), |output| {
        permit.read(move |tx, granted| match format {
            ArchiveFormat::Jsonl => write_jsonl(tx, &granted, output),
            ArchiveFormat::Xlsx => write_xlsx(tx, &granted, output),
        })
    }))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TakeInQuery {
    /// Slug of the new edition.
    slug: String,
}

/// Result of an archive import.
#[derive(Serialize, utoipa::ToSchema)]
struct TakenInView {
    edition: EditionView,
    taken: TakenIn,
}

/// Imports an archive (JSON Lines, at most 64 MB) as a new edition, in one transaction. Exhibitors are matched by tax code,
/// or by identifier and name; the others are created without members. Figures of a finalised edition are computed from the
/// imported rows and frozen; figures in the file are ignored.
#[utoipa::path(post, path = "/api/v1/organisers/{organiser}/archives", tag = "editions", params(("organiser" = OrganiserId, Path), TakeInQuery), request_body(content = String, content_type = "application/jsonl"), responses((status = 201, body = TakenInView), (status = 403), (status = 404), (status = 409), (status = 413), (status = 422)))]
#[post("/organisers/{organiser}/archives")]
async fn take_in_archive(
    permit: Permit<ImportArchive>,
    query: Query<TakeInQuery>,
    file: Raw<67_108_864>,
) -> Result<Answer, Problem> {
    let slug = query.get()?.slug;
    let mut checks = Checks::default();
    checks.that(text::is_slug(&slug), "/slug", "slug", Said("a-slug-has-3-to-80-lower"));
    checks.done()?;
    let file = file.get()?;
    permit
        .once(move |tx, granted| {
            let (edition, summary) = take_in::take_in(tx, &granted, &file, slug)?;
            let (version, edition) = editions::whole(tx, edition)?;
            Ok(Answer::created(&TakenInView { edition, taken: summary })?.version(version))
        })
        .await
}
