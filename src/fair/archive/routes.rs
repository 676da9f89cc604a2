//! `/editions/{edition}/archive` and `/organisers/{organiser}/archives`.
use std::io::Write;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::{
    export,
    import::{self, ImportSummary},
    workbook::RecordWorkbook,
};
use crate::editions::{self, EditionView};
use hoicho_core::{
    db::Tx,
    i18n::{Language, MessageId},
    values::{ids::OrganiserId, text},
};
use hoicho_web::{
    http::{
        ApiResponse, FieldCode, Problem, Query, RawBody, Validator,
        download::{self, Form, Spool, write_error},
        preferred_language,
        size_limits::MIB,
    },
    identity::{Action, Authorized, OrganiserRole, Permit},
};

/// OpenAPI operations of archives.
#[derive(utoipa::OpenApi)]
#[openapi(paths(get_archive, import_archive), components(schemas(ArchiveFormat)))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(get_archive).service(import_archive);
}

struct ExportArchive;
impl Action for ExportArchive {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}
struct ImportArchive;
impl Action for ImportArchive {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

/// File format of an archive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum ArchiveFormat {
    /// JSON Lines; can be imported.
    #[default]
    Jsonl,
    /// Workbook for people, in words of the reader's language and with totals; cannot be imported.
    Xlsx,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ArchiveQuery {
    /// `jsonl` (default) or `xlsx`.
    format: Option<ArchiveFormat>,
    /// Language of a workbook, `vi` or `en`; default by the `Accept-Language` header.
    language: Option<Language>,
}

fn write_jsonl(tx: &mut Tx<'_>, authorized: &Authorized) -> Result<Spool, Problem> {
    let mut output = std::io::BufWriter::new(Spool::default());
    export::export_edition(tx, authorized.edition()?, authorized.now, &mut |record| {
        serde_json::to_writer(&mut output, record).map_err(|error| write_error(error.into()))?;
        output.write_all(b"\n").map_err(write_error)
    })?;
    output.into_inner().map_err(|error| write_error(error.into_error()))
}

fn write_xlsx(tx: &mut Tx<'_>, authorized: &Authorized, language: Language) -> Result<Spool, Problem> {
    let mut sheets = RecordWorkbook::new(language);
    export::export_edition(tx, authorized.edition()?, authorized.now, &mut |record| sheets.append(record))?;
    let file = tempfile::NamedTempFile::new().map_err(write_error)?;
    sheets.save(file.path())?;
    let mut output = Spool::default();
    std::io::copy(&mut file.reopen().map_err(write_error)?, &mut output).map_err(write_error)?;
    Ok(output)
}

/// Exports an edition in full from one snapshot: floor, exhibitors with their products, applications, allocations, sales
/// reports with all versions and lines, visit counts, deals. Without users, contacts, documents, preferences and the audit
/// log. A JSON Lines file ends with a record that holds the number of the others; a file without it is truncated.
///
/// Owners and managers of the organiser, in every state of the edition. Waits for its turn if the organiser is downloading other
/// files.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/archive",
    tag = "editions",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ArchiveQuery,
    ),
    responses(
        (
            status = 200,
            content(
                (String = "application/jsonl"),
                (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ),
        ),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/archive")]
async fn get_archive(
    req: HttpRequest,
    permit: Permit<ExportArchive>,
    path: web::Path<String>,
    query: Query<ArchiveQuery>,
) -> Result<HttpResponse, Problem> {
    let ArchiveQuery { format, language } = query.into_result()?;
    let format = format.unwrap_or_default();
    let language = language.unwrap_or_else(|| preferred_language(&req));
    let (content_type, extension) = match format {
        ArchiveFormat::Jsonl => ("application/jsonl", "jsonl"),
        ArchiveFormat::Xlsx => (Form::Xlsx.content_type(), Form::Xlsx.extension()),
    };
    let file = permit.read_long(move |tx, authorized| match format {
        ArchiveFormat::Jsonl => write_jsonl(tx, &authorized),
        ArchiveFormat::Xlsx => write_xlsx(tx, &authorized, language),
    });
    let (file, held) = file.await?;
    let name = format!("{}.{extension}", download::sanitize_file_name(&path));
    download::attachment(content_type, &name, file, held)
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ImportArchiveQuery {
    /// Slug of the new edition.
    slug: String,
}

/// Result of an archive import.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = TakenInView)]
struct ImportedArchiveView {
    /// The new edition, in the state that the archive has.
    edition: EditionView,
    /// What was imported, in numbers.
    taken: ImportSummary,
}

/// Max size of an archive in bytes.
const MAX_ARCHIVE_BYTES: usize = 64 * MIB;

/// Imports an archive (JSON Lines, at most 64 MB) as a new edition, in one transaction. Exhibitors are matched by tax code,
/// or by identifier and name; the others are created without members. Figures of a finalised edition are computed from the
/// imported rows and frozen; figures in the file are ignored.
///
/// Owners and managers of the organiser. Refused with 422 `invalid` for a truncated or inconsistent file, which imports nothing,
/// and 409 `already_exists` if the slug is in use. Nobody is notified.
#[utoipa::path(
    post,
    path = "/api/v1/organisers/{organiser}/archives",
    operation_id = "take_in_archive",
    tag = "editions",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ImportArchiveQuery,
    ),
    request_body(content = String, content_type = "application/jsonl"),
    responses(
        (status = 201, body = ImportedArchiveView),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 413),
        (status = 422),
    ),
)]
#[post("/organisers/{organiser}/archives")]
async fn import_archive(
    permit: Permit<ImportArchive>,
    query: Query<ImportArchiveQuery>,
    file: RawBody<MAX_ARCHIVE_BYTES>,
) -> Result<ApiResponse, Problem> {
    let slug = query.into_result()?.slug;
    let mut checks = Validator::default();
    checks.require(text::is_slug(&slug), "/slug", FieldCode::Slug, MessageId("error-invalid-slug"));
    checks.finish()?;
    let file = file.into_result()?;
    permit
        .plan_and_write(
            move |_, _| import::parse(&file),
            move |tx, authorized, archive| {
                let (edition, summary) = import::import(tx, &authorized, archive, slug)?;
                let (version, edition) = editions::load_view(tx, edition, authorized.now)?;
                let path = format!("/editions/{}", edition.id);
                Ok(ApiResponse::created(&path, &ImportedArchiveView { edition, taken: summary })?.with_version(version))
            },
        )
        .await
}
