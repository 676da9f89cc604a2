//! `/editions/{edition}/opening-days`.
use actix_web::{HttpResponse, get, put};

use super::{
    super::store::{self, OpeningDayRow},
    PlanEdition,
    view::{EditionView, OpeningDay, days as view_days, whole},
};
use hoicho_core::i18n::Said;
use hoicho_web::{
    http::{Answer, Body, Checks, Items, Problem, etag, etag::IfMatch},
    identity::{Permit, View},
};

/// The opening days of an edition in chronological order.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/opening-days", tag = "editions", params(("edition" = String, Path)), responses((status = 200, body = Items<OpeningDay>), (status = 404)))]
#[get("/editions/{edition}/opening-days")]
pub(super) async fn get_opening_days(permit: View) -> Result<HttpResponse, Problem> {
    let (version, days) = permit
        .read(|tx, granted| {
            let row = store::find(tx, granted.edition()?)?;
            Ok((row.version, store::days(tx, row.id)?))
        })
        .await?;
    Ok(HttpResponse::Ok().insert_header(etag::tag(version)).json(Items { items: view_days(days) }))
}

/// Replaces the opening days, which need not be consecutive. A day with reports or counts cannot be removed.
#[utoipa::path(put, path = "/api/v1/editions/{edition}/opening-days", tag = "editions", params(("edition" = String, Path), ("If-Match" = String, Header)), request_body = Vec<OpeningDay>, responses((status = 200, body = EditionView), (status = 409), (status = 412), (status = 422)))]
#[put("/editions/{edition}/opening-days")]
pub(super) async fn put_opening_days(
    permit: Permit<PlanEdition>,
    if_match: IfMatch,
    body: Body<Vec<OpeningDay>>,
) -> Result<Answer, Problem> {
    let days = body.get()?;
    let mut checks = Checks::default();
    checks.that((1..=366).contains(&days.len()), "", "days", Said("an-edition-needs-1-to-366-opening"));
    let mut distinct_days = std::collections::BTreeSet::new();
    for (i, day) in days.iter().enumerate() {
        checks.that(
            day.opens_at < day.closes_at,
            &format!("/{i}/closes_at"),
            "hours",
            Said("closing-must-come-after-opening"),
        );
        checks.that(distinct_days.insert(day.day), &format!("/{i}/day"), "repeated", Said("this-day-is-named-twice"));
        checks.that(
            (2000..=2100).contains(&chrono::Datelike::year(&day.day)),
            &format!("/{i}/day"),
            "year",
            Said("the-year-must-be-2000-to-2100"),
        );
    }
    checks.done()?;
    permit
        .write(move |tx, granted| {
            let row = store::open_for_change(tx, granted.edition()?)?;
            if_match.check(row.version)?;
            let rows: Vec<_> = days
                .iter()
                .map(|d| OpeningDayRow { edition_id: row.id, day: d.day, opens_at: d.opens_at, closes_at: d.closes_at })
                .collect();
            let before = view_days(store::days(tx, row.id)?);
            store::put_days(tx, row.id, &rows)?;
            store::touch(tx, row.id)?;
            granted.audit(tx, "edition.opening_days", row.id, Some(before), Some(days))?;
            let (version, view) = whole(tx, row.id)?;
            Ok(Answer::ok(&view)?.version(version))
        })
        .await
}
