//! `GET /editions/{edition}/calendar`.
use actix_web::{HttpRequest, HttpResponse, get, http::header, web};

use super::super::{
    calendar,
    edition_news::{dropped_days, load_news},
    store,
};
use crate::{editions, venues};
use hoicho_web::{
    http::Problem,
    identity::{DatesScope, ReadPermit, RequestContext},
};

/// Returns the opening days of an edition as an iCalendar feed with one event per day. The same data gives the same text and ETag.
///
/// Public unless the edition is a draft, which all staff of the organiser and API keys with `read:editions` read. The status is
/// `CANCELLED` for all days of a cancelled edition, the days after an early end, and days that were announced and dropped since;
/// otherwise `CONFIRMED`. `SEQUENCE` grows with every change of the edition, `LAST-MODIFIED` is the last change of what the calendar
/// shows.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/calendar",
    tag = "editions",
    security((), ("session" = []), ("api_key" = ["read:editions"])),
    params(("edition" = String, Path)),
    responses(
        (status = 200, content_type = "text/calendar", body = String),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/calendar")]
pub(super) async fn get_calendar(
    req: HttpRequest,
    permit: ReadPermit<DatesScope>,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    let base = context.base_url(&req);
    let calendar = permit.read(move |tx, authorized| {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        let days = editions::store::list_days(tx, edition.id)?;
        let ids: Vec<_> = edition.venue_id.into_iter().collect();
        let place = venues::store::list_by_ids(tx, &ids)?.pop().map(|v| format!("{}, {}", v.name, v.address));
        let url = format!("{base}/fairs/{}", edition.slug);
        let changed_at = store::find_last_change(tx, &edition)?;
        let dropped = dropped_days(&load_news(tx, &edition)?, &days);
        let days = calendar::calendar_days(&edition, &days, dropped)?;
        Ok((calendar::render(&edition, &days, place.as_deref(), &url, changed_at), edition.slug))
    });
    let (text, slug) = calendar.await?;
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("inline; filename=\"{slug}.ics\"")))
        .body(text))
}
