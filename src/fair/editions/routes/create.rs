//! Planning an edition.
use actix_web::post;
use serde::Deserialize;

use super::{
    super::{
        lifecycle::EditionState,
        store::{self, EditionRow},
    },
    PlanEdition,
    view::{EditionView, whole},
};
use hoicho_core::{
    db::Tx,
    i18n::Said,
    values::{
        ids::{EditionId, OrganiserId, SeriesId, VenueId},
        text,
    },
};
use hoicho_web::{
    http::{Answer, Body, Checks, Problem},
    identity::{Action, SignedIn, staff_of},
};

/// A new edition, as a draft.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateEdition {
    organiser: OrganiserId,
    /// Compared with the editions of this series.
    series: Option<SeriesId>,
    /// Lower-case letters, digits, hyphens; unique.
    slug: String,
    /// 1 to 200 characters.
    name: String,
    /// One of the organiser's.
    venue: Option<VenueId>,
    /// IANA; `Asia/Ho_Chi_Minh` unless told.
    time_zone: Option<String>,
    /// ISO 4217; `VND` unless told.
    currency: Option<String>,
    /// A total whose booth rows are lost; always shown as declared.
    declared_booths: Option<i32>,
    /// A total whose counts are lost; always shown as declared.
    declared_visits: Option<i64>,
    /// A total in minor units whose reports are lost; always shown as declared.
    declared_sales: Option<i64>,
}

/// What is wrong with a time zone, if anything.
pub fn check_time_zone(checks: &mut Checks, time_zone: &str) {
    checks.that(
        time_zone.parse::<chrono_tz::Tz>().is_ok(),
        "/time_zone",
        "time_zone",
        Said("the-time-zone-must-be-an-iana"),
    );
}

/// What is wrong with a currency, if anything.
pub fn check_currency(checks: &mut Checks, currency: &str) {
    checks.that(
        currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()),
        "/currency",
        "currency",
        Said("an-iso-4217-currency-is-three-capitals"),
    );
}

/// What is wrong with declared totals, if anything.
pub(super) fn check_declared(checks: &mut Checks, booths: Option<i32>, visits: Option<i64>, sales: Option<i64>) {
    let declared =
        [("/declared_booths", booths.map(i64::from)), ("/declared_visits", visits), ("/declared_sales", sales)];
    for (pointer, value) in declared {
        checks.that(
            value.is_none_or(|v| (0..=1_000_000_000_000_000).contains(&v)),
            pointer,
            "range",
            Said("it-must-be-0-to-10-15"),
        );
    }
}

/// Plans an edition. It is a draft: only the organiser's staff see it.
#[utoipa::path(post, path = "/api/v1/editions", tag = "editions", request_body = CreateEdition, responses((status = 201, body = EditionView), (status = 404), (status = 409), (status = 422)))]
#[post("/editions")]
pub(super) async fn create_edition(caller: SignedIn, body: Body<CreateEdition>) -> Result<Answer, Problem> {
    let asked = body.get()?;
    let mut checks = Checks::default();
    let name = checks.text("/name", &asked.name, 200);
    checks.that(text::is_slug(&asked.slug), "/slug", "slug", Said("a-slug-has-3-to-80-lower"));
    let time_zone = asked.time_zone.unwrap_or_else(|| "Asia/Ho_Chi_Minh".to_owned());
    check_time_zone(&mut checks, &time_zone);
    let currency = asked.currency.unwrap_or_else(|| "VND".to_owned());
    check_currency(&mut checks, &currency);
    check_declared(&mut checks, asked.declared_booths, asked.declared_visits, asked.declared_sales);
    checks.done()?;
    let row = EditionRow {
        id: EditionId::make(),
        organiser_id: asked.organiser,
        series_id: asked.series,
        slug: asked.slug,
        name,
        venue_id: asked.venue,
        state: EditionState::Draft,
        time_zone,
        currency,
        declared_booths: asked.declared_booths,
        declared_visits: asked.declared_visits,
        declared_sales: asked.declared_sales,
        version: 1,
        created_at: caller.now,
        waiting_list_run_id: None,
    };
    let (user, now) = (caller.user, caller.now);
    let work = move |tx: &mut Tx<'_>| {
        let granted = staff_of(tx, user, now, row.organiser_id, PlanEdition::ORGANISER)?;
        store::insert(tx, &row)?;
        granted.audit(tx, "edition.create", row.id, None, Some(&row.slug))?;
        let (version, view) = whole(tx, row.id)?;
        Ok(Answer::created(&view)?.version(version))
    };
    caller.once(work).await
}
