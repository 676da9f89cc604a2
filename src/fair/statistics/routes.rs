//! `/editions/{edition}/statistics` and `/editions/{edition}/reports/{report}`.
use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use serde::Deserialize;

use super::{
    access::audience,
    compute,
    document::Statistics,
    freeze,
    reports::{self, Report},
    store, unfinished,
};
use crate::editions;
use hoicho_core::{
    i18n::{Language, MessageId},
    states::EditionState,
};
use hoicho_web::{
    changes::CacheTag,
    http::{Code, Problem, Query, export::Format},
    identity::{FiguresScope, ReadPermit},
};

/// OpenAPI operations of statistics.
#[derive(utoipa::OpenApi)]
#[openapi(paths(get_statistics, get_report, unfinished::get_unfinished), components(schemas(Report, Format)))]
pub struct ApiDoc;

/// Registers the handlers.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(get_statistics).service(get_report).service(unfinished::get_unfinished);
}

/// Returns the statistics of an edition in one document. Public once final; for the organiser's staff at any time.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/statistics",
    tag = "statistics",
    params(("edition" = String, Path)),
    responses(
        (status = 200, body = Statistics),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/statistics")]
async fn get_statistics(permit: ReadPermit<FiguresScope>) -> Result<HttpResponse, Problem> {
    let (document, is_final) = permit
        .read(|tx, authorized| {
            let edition = authorized.edition()?;
            let part = freeze::part(freeze::STATISTICS_PART, audience(&authorized));
            if let Some(found) = store::find_final(tx, edition, &part)? {
                return Ok((found.document, Some((edition, found.digest))));
            }
            if !authorized.as_staff {
                return Err(not_published());
            }
            let statistics = freeze::compute_document(tx, edition, authorized.now)?;
            Ok((freeze::to_json(&statistics)?, None))
        })
        .await?;
    let mut response = HttpResponse::Ok();
    let Some((edition, digest)) = is_final else {
        return Ok(response.content_type(header::ContentType::json()).body(document));
    };
    response.insert_header((header::ETAG, format!("\"{digest}\"")));
    Ok(CacheTag::Edition(edition).tag(response.content_type(header::ContentType::json()).body(document)))
}

fn not_published() -> Problem {
    Problem::new(Code::NotFound, MessageId("error-figures-not-published"))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ReportQuery {
    /// `json`, `csv` or `xlsx`; default by the `Accept` header.
    format: Option<Format>,
}

/// Returns a report as JSON, CSV or XLSX. Public once final, except those that name sellers with amounts or missing reports.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/reports/{report}",
    tag = "statistics",
    params(
        ("edition" = String, Path),
        ("report" = Report, Path),
        ReportQuery,
    ),
    responses(
        (status = 200),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/reports/{report}")]
async fn get_report(
    req: HttpRequest,
    permit: ReadPermit<FiguresScope>,
    path: web::Path<(String, String)>,
    query: Query<ReportQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_result()?;
    let report: Report = path.1.parse().map_err(|_| Code::NotFound)?;
    let accepted = req.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let by_header = match accepted {
        a if a.contains("text/csv") => Format::Csv,
        a if a.contains("spreadsheetml") => Format::Xlsx,
        _ => Format::Json,
    };
    let language = Language::from_header(req.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()));
    let (table, digest, slug) = permit
        .read(move |tx, authorized| {
            let edition = editions::store::find(tx, authorized.edition()?)?;
            let audience = audience(&authorized);
            if !report.is_for(audience) || (!authorized.as_staff && edition.state != EditionState::Finalised) {
                return Err(not_published());
            }
            if let Some((table, digest)) = freeze::find_frozen_report(tx, edition.id, report, audience)? {
                return Ok((table, Some(digest), edition.slug));
            }
            let figures = compute::load_figures(tx, edition.id, authorized.now)?;
            let statistics = compute::compute_statistics(tx, &figures, audience)?;
            Ok((report.table(&figures, statistics.comparison.as_ref(), audience), None, edition.slug))
        })
        .await?;
    let format = query.format.unwrap_or(by_header);
    let mut response =
        table.into_response(format, &slug, |column| reports::column_title(column).get(language).to_owned())?;
    if let Some(digest) = digest {
        // One ETag per representation: the format is part of it.
        let tag = header::HeaderValue::from_str(&format!("\"{digest}-{}\"", format.extension()))
            .map_err(|_| Code::Internal)?;
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}
