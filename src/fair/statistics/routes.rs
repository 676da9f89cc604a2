//! `/editions/{edition}/statistics` and `/editions/{edition}/reports/{report}`.
use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use serde::Deserialize;

use super::{
    about::{About, Licence, Source},
    access::{audience, find_frozen},
    compute,
    document::Statistics,
    freeze,
    report_schema::ReportDocument,
    reports::Report,
    store, unfinished,
};
use crate::{editions, tables::Export};
use hoicho_core::{
    i18n::{Language, Localizer, MessageId},
    states::EditionState,
};
use hoicho_web::{
    changes::CacheTag,
    http::{
        Code, Problem, Query, accepted_media,
        download::{Form, Spool, attachment, write_error},
        export::Format,
        preferred_language,
    },
    identity::{FiguresScope, ReadPermit, RequestContext},
};

/// OpenAPI operations of statistics.
#[derive(utoipa::OpenApi)]
#[openapi(paths(get_statistics, get_report, unfinished::get_unfinished), components(schemas(Report, Format)))]
pub struct ApiDoc;

/// Registers the handlers.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(get_statistics).service(get_report).service(unfinished::get_unfinished);
}

/// Returns the statistics of an edition in one document. Public once final; for the organiser's staff at any time. The final document is
/// sent as it was frozen, so that its digest can be verified; `Link` names the page with definitions, a line to cite and terms of reuse.
///
/// Staff of the organiser other than gate staff and API keys with `read:figures` read all amounts; others get 404 until the
/// edition is finalised, and then the document without amounts of few sellers.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/statistics",
    tag = "statistics",
    security((), ("session" = []), ("api_key" = ["read:figures"])),
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
                let slug = editions::store::find(tx, edition)?.slug;
                return Ok((found.document, Some((edition, found.digest, slug))));
            }
            if !authorized.as_staff {
                return Err(not_published());
            }
            let statistics = freeze::compute_document(tx, edition, authorized.now)?;
            Ok((freeze::to_json(&statistics)?, None))
        })
        .await?;
    let mut response = HttpResponse::Ok();
    let Some((edition, digest, slug)) = is_final else {
        return Ok(response.content_type(header::ContentType::json()).body(document));
    };
    response.insert_header((header::ETAG, format!("\"{digest}\"")));
    response.insert_header((header::LINK, format!("</fairs/{slug}/figures>; rel=\"describedby\"")));
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
    /// `vi` or `en`; default by the `Accept-Language` header.
    language: Option<Language>,
}

/// A report as it is sent.
enum ReportFile {
    Json(serde_json::Value),
    /// With the name of the file.
    Table(Form, String, Spool),
}

/// Returns a report as JSON, CSV or XLSX. Public once final, except those that name sellers with amounts or missing reports. JSON has
/// `items` with one object per row, the `total` of the columns that add up, and `about`: definitions, when the figures were frozen, the
/// digest of the statistics, a line to cite and the terms of reuse. CSV and XLSX are for people: words of the reader's language instead
/// of codes, amounts in units of the currency, areas in m², a total row, and the same remarks below the table or on a sheet of their own.
///
/// Staff of the organiser other than gate staff and API keys with `read:figures` read all reports. Others get 404 until the
/// edition is finalised, and always for `sales-by-booth` and `missing-reports`.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/reports/{report}",
    tag = "statistics",
    security((), ("session" = []), ("api_key" = ["read:figures"])),
    params(
        ("edition" = String, Path),
        ("report" = Report, Path),
        ReportQuery,
    ),
    responses(
        (status = 200, content(
            (ReportDocument = "application/json"),
            (String = "text/csv"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/reports/{report}")]
async fn get_report(
    req: HttpRequest,
    permit: ReadPermit<FiguresScope>,
    path: web::Path<(String, String)>,
    query: Query<ReportQuery>,
    context: web::Data<RequestContext>,
    licence: web::Data<Licence>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_result()?;
    let report: Report = path.1.parse().map_err(|_| Code::NotFound)?;
    let format = query.format.unwrap_or_else(|| Format::from_accept(accepted_media(&req)));
    let language = query.language.unwrap_or_else(|| preferred_language(&req));
    let base_url = context.base_url(&req);
    let data = permit.read_long(move |tx, authorized| {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        let audience = audience(&authorized);
        if !report.is_for(audience) || (!authorized.as_staff && edition.state != EditionState::Finalised) {
            return Err(not_published());
        }
        let frozen = find_frozen(tx, edition.id, audience)?;
        let table = match freeze::find_frozen_report(tx, edition.id, report, audience)? {
            Some(table) => table,
            None => {
                let figures = compute::load_figures(tx, edition.id, authorized.now)?;
                let statistics = compute::compute_statistics(tx, &figures, audience)?;
                report.table(&figures, statistics.comparison.as_ref(), audience)
            }
        };
        let (frozen, now) = (frozen.as_ref(), authorized.now);
        let source = Source { edition: &edition, frozen, audience, base_url: &base_url, licence: &licence, now };
        let notes = About::new(source, language).notes(language);
        let title = Localizer(language).localize_value("report-name", report);
        let (columns, currency) = (report.columns(), edition.currency.as_str());
        let export = Export { title: &title, columns, table: &table, currency, notes: &notes, language };
        Ok(match format.form() {
            None => ReportFile::Json(export.json()?),
            Some(form) => {
                let name = format!("{}-{report}.{}", edition.slug, form.extension());
                ReportFile::Table(form, name, export.write(form, Spool::default()).map_err(write_error)?)
            }
        })
    });
    let (file, held) = data.await?;
    match file {
        ReportFile::Json(document) => Ok(HttpResponse::Ok().json(document)),
        ReportFile::Table(form, name, file) => attachment(form.content_type(), &name, file, held),
    }
}
