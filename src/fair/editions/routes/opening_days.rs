//! `/editions/{edition}/opening-days`.
use actix_web::{HttpResponse, get, put, web};

use super::{
    super::{
        OnDaysChanged,
        store::{self, OpeningDayRow},
    },
    actions::ManageEdition,
    view::{EditionView, OpeningDay, day_views as view_days, load_view},
};
use chrono::NaiveTime;
use hoicho_core::{i18n::MessageId, values::clock::Day};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, FieldCode, Items, Problem, Validator, etag, etag::IfMatch},
    identity::{DatesScope, Permit, ReadPermit},
};

/// The opening days of an edition in chronological order.
///
/// Public, except for a draft, which all staff of the organiser, gate staff too, and API keys with `read:editions` read. The
/// `ETag` is that of the edition.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/opening-days",
    tag = "editions",
    security((), ("session" = []), ("api_key" = ["read:editions"])),
    params(("edition" = String, Path)),
    responses(
        (status = 200, body = Items<OpeningDay>),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/opening-days")]
pub(super) async fn get_opening_days(permit: ReadPermit<DatesScope>) -> Result<HttpResponse, Problem> {
    let (version, days) = permit
        .read(|tx, authorized| {
            let row = store::find(tx, authorized.edition()?)?;
            Ok((row.version, store::list_days(tx, row.id)?))
        })
        .await?;
    Ok(HttpResponse::Ok().insert_header(etag::header(version)).json(Items { items: view_days(days) }))
}

/// Validates the opening days of an edition: day, start and end of each.
pub fn validate_days(checks: &mut Validator, days: impl ExactSizeIterator<Item = (Day, NaiveTime, NaiveTime)>) {
    checks.require((1..=366).contains(&days.len()), "", FieldCode::Days, MessageId("error-opening-day-count"));
    let mut distinct_days = std::collections::BTreeSet::new();
    for (i, (day, opens_at, closes_at)) in days.enumerate() {
        checks.require(
            opens_at < closes_at,
            &format!("/{i}/closes_at"),
            FieldCode::Hours,
            MessageId("error-opening-hours"),
        );
        checks.require(
            distinct_days.insert(day),
            &format!("/{i}/day"),
            FieldCode::Repeated,
            MessageId("error-duplicate-day"),
        );
        checks.require(
            (2000..=2100).contains(&chrono::Datelike::year(&day)),
            &format!("/{i}/day"),
            FieldCode::Year,
            MessageId("error-year-range"),
        );
    }
}

/// Replaces the opening days, which need not be consecutive. A day with reports or counts cannot be removed.
///
/// Owners and managers of the organiser; requires `If-Match` with the version of the edition. Refused with 409 `in_use` if a
/// removed day has reports, counts or deals, and `edition_finalised` once the edition is finalised or cancelled. Days that are
/// added get the exhibitors that have the booths; webhooks get `edition.changed`.
#[utoipa::path(
    put,
    path = "/api/v1/editions/{edition}/opening-days",
    tag = "editions",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("If-Match" = String, Header),
    ),
    request_body = Vec<OpeningDay>,
    responses(
        (status = 200, body = EditionView),
        (status = 409),
        (status = 412),
        (status = 422),
    ),
)]
#[put("/editions/{edition}/opening-days")]
pub(super) async fn put_opening_days(
    on_days_changed: web::Data<OnDaysChanged>,
    permit: Permit<ManageEdition>,
    if_match: IfMatch,
    body: Body<Vec<OpeningDay>>,
) -> Result<ApiResponse, Problem> {
    let days = body.into_result()?;
    let mut checks = Validator::default();
    validate_days(&mut checks, days.iter().map(|day| (day.day, day.opens_at, day.closes_at)));
    checks.finish()?;
    permit
        .write(move |tx, authorized| {
            // The update locks the edition first: confirmations, which share its lock, see either all days of before or all new ones.
            let id = authorized.edition()?;
            store::increment_version(tx, id)?;
            let row = store::lock_open(tx, id)?;
            if_match.check(row.version - 1)?;
            let rows: Vec<_> = days
                .iter()
                .map(|d| OpeningDayRow { edition_id: row.id, day: d.day, opens_at: d.opens_at, closes_at: d.closes_at })
                .collect();
            let before = store::list_days(tx, row.id)?;
            store::replace_days(tx, row.id, &rows, authorized.now)?;
            (on_days_changed.0)(tx, &row, &before, authorized.now)?;
            let before = view_days(before);
            authorized.record_audit(tx, AuditAction::EditionOpeningDays, row.id, Some(before), Some(days))?;
            let (version, view) = load_view(tx, row.id, authorized.now)?;
            Ok(ApiResponse::ok(&view)?.with_version(version))
        })
        .await
}
