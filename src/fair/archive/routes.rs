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

/// The operations of this capability.
#[derive(utoipa::OpenApi)]
#[openapi(paths(get_archive, take_in_archive), components(schemas(ArchiveFormat)))]
pub struct ApiDoc;

/// Mounts them.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(get_archive).service(take_in_archive);
}

struct ReadAll;
impl Action for ReadAll {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
}
struct TakeIn;
impl Action for TakeIn {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
}

/// How an archive is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum ArchiveFormat {
    /// JSON Lines: to be taken in elsewhere.
    #[default]
    Jsonl,
    /// A workbook: to be looked at.
    Xlsx,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ArchiveQuery {
    /// `jsonl` unless told, or `xlsx`.
    format: Option<ArchiveFormat>,
}

fn lines(tx: &mut Tx<'_>, granted: &Granted, mut to: Pieces) -> Result<(), Problem> {
    write::edition(tx, granted.edition()?, granted.now, &mut |record| {
        serde_json::to_writer(&mut to, record).map_err(|error| broken(error.into()))?;
        to.write_all(b"\n").map_err(broken)
    })?;
    to.flush().map_err(broken)
}

fn workbook(tx: &mut Tx<'_>, granted: &Granted, mut to: Pieces) -> Result<(), Problem> {
    let mut sheets = Sheets::new();
    write::edition(tx, granted.edition()?, granted.now, &mut |record| sheets.put(record))?;
    let file = tempfile::NamedTempFile::new().map_err(broken)?;
    sheets.save(file.path())?;
    std::io::copy(&mut file.reopen().map_err(broken)?, &mut to).map_err(broken)?;
    to.flush().map_err(broken)
}

/// All of an edition in one file, of one moment: floor, exhibitors with their products, applications, allocations, sales
/// reports with every version and line, counts, deals. Not people, contacts, papers, wishes or the audit log. A file of JSON
/// Lines ends with a record that counts the others: without it, it is not whole.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/archive", tag = "editions", params(("edition" = String, Path), ArchiveQuery), responses((status = 200, content((String = "application/jsonl"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))), (status = 403), (status = 404)))]
#[get("/editions/{edition}/archive")]
async fn get_archive(
    permit: Permit<ReadAll>,
    path: web::Path<String>,
    query: Query<ArchiveQuery>,
) -> Result<HttpResponse, Problem> {
    let format = query.get()?.format.unwrap_or_default();
    let (kind, ending) = match format {
        ArchiveFormat::Jsonl => ("application/jsonl", "jsonl"),
        ArchiveFormat::Xlsx => (Form::Xlsx.content_type(), Form::Xlsx.ending()),
    };
    Ok(streamed::file(kind, &format!("{}.{ending}", streamed::file_name(&path)), |to| {
        permit.read(move |tx, granted| match format {
            ArchiveFormat::Jsonl => lines(tx, &granted, to),
            ArchiveFormat::Xlsx => workbook(tx, &granted, to),
        })
    }))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TakeInQuery {
    /// What the edition is called in addresses here.
    slug: String,
}

/// An edition that was taken in.
#[derive(Serialize, utoipa::ToSchema)]
struct TakenInView {
    edition: EditionView,
    taken: TakenIn,
}

/// Takes an archive (JSON Lines, at most 64 MB) in as a new edition: all of it or nothing. Exhibitors with a tax code that is
/// known here, or that came from here, are the known ones; the others are new and belong to nobody yet. Figures that were
/// final are made anew of the rows and frozen: what the file claims them to be does not count.
#[utoipa::path(post, path = "/api/v1/organisers/{organiser}/archives", tag = "editions", params(("organiser" = OrganiserId, Path), TakeInQuery), request_body(content = String, content_type = "application/jsonl"), responses((status = 201, body = TakenInView), (status = 403), (status = 404), (status = 409), (status = 413), (status = 422)))]
#[post("/organisers/{organiser}/archives")]
async fn take_in_archive(
    permit: Permit<TakeIn>,
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
            let (edition, taken) = take_in::take_in(tx, &granted, &file, slug)?;
            let (version, edition) = editions::whole(tx, edition)?;
            Ok(Answer::created(&TakenInView { edition, taken })?.version(version))
        })
        .await
}
