//! `/editions/{edition}/archive` and `/organisers/{organiser}/archives`.
use actix_web::{HttpResponse, get, http::header, post, web};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{
    sheets::Sheets,
    take_in::{self, TakenIn},
    write,
};
use crate::{
    db::Tx,
    editions::{self, EditionView},
    http::{Answer, Checks, Code, Problem, Query, Raw},
    i18n::Said,
    identity::{Action, Granted, OrganiserRole, Permit},
    values::{ids::OrganiserId, text},
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

type Piece = Result<web::Bytes, Problem>;
/// Pieces that wait for a slow reader.
const WAITING: usize = 16;
/// Bytes of a piece.
const PIECE: usize = 64 * 1024;

fn gone() -> Problem {
    // Whoever asked has gone: there is nobody to tell.
    Code::Unavailable.into()
}

fn lines(tx: &mut Tx<'_>, granted: &Granted, to: &mpsc::Sender<Piece>) -> Result<(), Problem> {
    let mut piece: Vec<u8> = Vec::with_capacity(PIECE + 1_024);
    write::edition(tx, granted.edition()?, granted.now, &mut |record| {
        serde_json::to_writer(&mut piece, record).map_err(|_| Code::Internal)?;
        piece.push(b'\n');
        if piece.len() >= PIECE {
            to.blocking_send(Ok(std::mem::take(&mut piece).into())).map_err(|_| gone())?;
        }
        Ok(())
    })?;
    to.blocking_send(Ok(piece.into())).map_err(|_| gone())
}

fn workbook(tx: &mut Tx<'_>, granted: &Granted, to: &mpsc::Sender<Piece>) -> Result<(), Problem> {
    let broken = |error: std::io::Error| {
        tracing::error!(%error, "a workbook could not be kept");
        Problem::from(Code::Internal)
    };
    let mut sheets = Sheets::new();
    write::edition(tx, granted.edition()?, granted.now, &mut |record| sheets.put(record))?;
    let file = tempfile::NamedTempFile::new().map_err(broken)?;
    sheets.save(file.path())?;
    let mut reader = file.reopen().map_err(broken)?;
    loop {
        let mut piece = vec![0; PIECE];
        let read = std::io::Read::read(&mut reader, &mut piece).map_err(broken)?;
        if read == 0 {
            return Ok(());
        }
        piece.truncate(read);
        to.blocking_send(Ok(piece.into())).map_err(|_| gone())?;
    }
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
    let (to, from) = mpsc::channel::<Piece>(WAITING);
    let name: String = path.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    actix_web::rt::spawn(async move {
        let failed = to.clone();
        let written = permit.read(move |tx, granted| match format {
            ArchiveFormat::Jsonl => lines(tx, &granted, &to),
            ArchiveFormat::Xlsx => workbook(tx, &granted, &to),
        });
        if let Err(problem) = written.await {
            // A file that ends in the middle must not look whole.
            drop(failed.send(Err(problem)).await);
        }
    });
    let pieces = stream::unfold(from, async |mut from| from.recv().await.map(|piece| (piece, from)));
    let (kind, ending) = match format {
        ArchiveFormat::Jsonl => ("application/jsonl", "jsonl"),
        ArchiveFormat::Xlsx => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    };
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\"")))
        .streaming(pieces))
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
