//! Creation of editions.
use actix_web::post;
use diesel::OptionalExtension;
use serde::Deserialize;

use super::{
    super::{
        schedule::Schedule,
        store::{self, EditionRow},
    },
    actions::ManageEdition,
    view::{EditionView, load_view},
};
use crate::{organisers, venues};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    states::EditionState,
    values::{
        ids::{EditionId, OrganiserId, SeriesId, VenueId},
        text,
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, FieldCode, Problem, Validator, limits::NameText},
    identity::{Action, SignedIn, authorize_staff},
};

/// A new edition, as a draft.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateEdition {
    /// The organiser that holds it; the caller is its owner or a manager.
    organiser: OrganiserId,
    /// Series whose editions it is compared with.
    series: Option<SeriesId>,
    /// Unique; 3 to 80 lower-case letters, digits and hyphens.
    slug: String,
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    name: String,
    /// Venue of the organiser.
    venue: Option<VenueId>,
    /// IANA time zone; default `Asia/Ho_Chi_Minh`.
    time_zone: Option<String>,
    /// ISO 4217 code; default `VND`.
    currency: Option<String>,
    /// Declared total for an edition without individual booths: 0 to 1,000,000; always shown as declared.
    #[schema(value_type = Option<DeclaredBooths>)]
    declared_booths: Option<i32>,
    /// Declared total for an edition without individual counts: 0 to 10^15; always shown as declared.
    #[schema(value_type = Option<DeclaredTotal>)]
    declared_visits: Option<i64>,
    /// Declared total in minor units for an edition without individual reports: 0 to 10^15; always shown as declared.
    #[schema(value_type = Option<DeclaredTotal>)]
    declared_sales: Option<i64>,
}

/// Validates an IANA time zone.
pub fn validate_time_zone(checks: &mut Validator, time_zone: &str) {
    checks.require(
        time_zone.parse::<chrono_tz::Tz>().is_ok(),
        "/time_zone",
        FieldCode::TimeZone,
        MessageId("error-invalid-time-zone"),
    );
}

/// Validates the format of a currency code.
pub fn validate_currency(checks: &mut Validator, currency: &str) {
    checks.require(
        currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()),
        "/currency",
        FieldCode::Currency,
        MessageId("error-invalid-currency"),
    );
}

hoicho_web::number_ranges! {
    /// Number of booths that the organiser declared.
    DeclaredBooths i64 0..=1_000_000,
    /// Visits, or sales in minor units, that the organiser declared. The comparison of two editions fits in 64 bits.
    DeclaredTotal i64 0..=1_000_000_000_000_000,
}

/// Validates declared totals.
pub fn validate_declared(checks: &mut Validator, booths: Option<i32>, visits: Option<i64>, sales: Option<i64>) {
    let declared = [
        ("/declared_booths", booths.map(i64::from), DeclaredBooths::RANGE),
        ("/declared_visits", visits, DeclaredTotal::RANGE),
        ("/declared_sales", sales, DeclaredTotal::RANGE),
    ];
    for (pointer, value, range) in declared {
        checks.require(
            value.is_none_or(|v| range.contains(&v)),
            pointer,
            FieldCode::Range,
            MessageId("error-declared-total-range").with_number("max", *range.end()),
        );
    }
}

/// Validates that series and venue are the organiser's. Foreign keys hold it, but their violation names no field.
pub(super) fn require_own_parents(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    series: Option<SeriesId>,
    venue: Option<VenueId>,
) -> Result<(), Problem> {
    let mut checks = Validator::default();
    if let Some(series) = series {
        let found = organisers::store::find_series(tx, series).optional()?;
        let is_own = found.is_some_and(|row| row.organiser_id == organiser);
        checks.require(is_own, "/series", FieldCode::Unknown, MessageId("error-unknown-series"));
    }
    if let Some(venue) = venue {
        let found = venues::store::find(tx, venue).optional()?;
        let is_own = found.is_some_and(|row| row.organiser_id == organiser);
        checks.require(is_own, "/venue", FieldCode::Unknown, MessageId("error-unknown-venue"));
    }
    checks.finish()
}

/// Creates an edition as a draft, visible only to the organiser's staff.
///
/// Owners and managers of the organiser. Refused with 409 `already_exists` if the slug is in use, by an edition of any organiser,
/// and `in_use` if series or venue are not the organiser's. It has no opening days yet: set them, then publish it by a
/// transition.
#[utoipa::path(
    post,
    path = "/api/v1/editions",
    tag = "editions",
    security(("session" = [])),
    request_body = CreateEdition,
    responses(
        (status = 201, body = EditionView),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/editions")]
pub(super) async fn create_edition(caller: SignedIn, body: Body<CreateEdition>) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let name = checks.require_text::<NameText>("/name", &body.name);
    checks.require(text::is_slug(&body.slug), "/slug", FieldCode::Slug, MessageId("error-invalid-slug"));
    let time_zone = body.time_zone.unwrap_or_else(|| "Asia/Ho_Chi_Minh".to_owned());
    validate_time_zone(&mut checks, &time_zone);
    let currency = body.currency.unwrap_or_else(|| "VND".to_owned());
    validate_currency(&mut checks, &currency);
    validate_declared(&mut checks, body.declared_booths, body.declared_visits, body.declared_sales);
    checks.finish()?;
    let row = EditionRow {
        id: EditionId::make(),
        organiser_id: body.organiser,
        series_id: body.series,
        slug: body.slug,
        name,
        venue_id: body.venue,
        state: EditionState::Draft,
        time_zone,
        currency,
        declared_booths: body.declared_booths,
        declared_visits: body.declared_visits,
        declared_sales: body.declared_sales,
        schedule: Schedule::default(),
        end_reason: None,
        recorded_phase: None,
        next_boundary_at: None,
        version: 1,
        created_at: caller.now,
        waiting_list_run_id: None,
    };
    let (user, now) = (caller.user_session(), caller.now);
    let work = move |tx: &mut Tx<'_>| {
        let authorized = authorize_staff(tx, user, now, row.organiser_id, ManageEdition::ORGANISER)?;
        require_own_parents(tx, row.organiser_id, row.series_id, row.venue_id)?;
        store::insert(tx, &row)?;
        authorized.record_audit(tx, AuditAction::EditionCreate, row.id, None, Some(&row.slug))?;
        let (version, view) = load_view(tx, row.id, authorized.now)?;
        Ok(ApiResponse::created(&format!("/editions/{}", row.id), &view)?.with_version(version))
    };
    caller.write_once(work).await
}
