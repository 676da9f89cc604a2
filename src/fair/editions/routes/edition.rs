//! `/editions/{edition}`: reading, changing and deleting an edition.
use actix_web::{HttpResponse, delete, get, patch};
use serde::Deserialize;

use super::{
    super::{
        audited::AuditedEdition,
        store::{self, EditionRow},
    },
    actions::ManageEdition,
    create::{self, DeclaredBooths, DeclaredTotal},
    instant_input::InstantInput,
    view::{EditionView, load_view},
};
use hoicho_core::{
    i18n::MessageId,
    states::EditionState,
    values::ids::{SeriesId, VenueId},
};
use hoicho_web::{
    audit::AuditAction,
    changes::CacheTag,
    http::{
        ApiResponse, Body, Code, FieldCode, Problem, Validator,
        etag::{self, IfMatch},
        limits::NameText,
        patch::deserialize_present,
    },
    identity::{DatesScope, Permit, ReadPermit},
};

/// An edition by identifier or slug, with its opening days.
///
/// Public, except for a draft, which all staff of the organiser, gate staff too, and API keys with `read:editions` read; others
/// get 404.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}",
    tag = "editions",
    security((), ("session" = []), ("api_key" = ["read:editions"])),
    params(("edition" = String, Path)),
    responses(
        (status = 200, body = EditionView),
        (status = 404),
    ),
)]
#[get("/editions/{edition}")]
pub(super) async fn get_edition(permit: ReadPermit<DatesScope>) -> Result<HttpResponse, Problem> {
    let (version, view) = permit.read(|tx, authorized| load_view(tx, authorized.edition()?, authorized.now)).await?;
    let about = CacheTag::Edition(view.id);
    Ok(about.tag(HttpResponse::Ok().insert_header(etag::header(version)).json(view)))
}

/// Fields to change; `null` removes a value.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchEdition {
    /// 1 to 200 characters.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<NameText>)]
    name: Option<String>,
    /// A series of the organiser; `null` takes it out of its series.
    #[serde(default, deserialize_with = "deserialize_present")]
    series: Option<Option<SeriesId>>,
    /// A venue of the organiser; `null` removes it.
    #[serde(default, deserialize_with = "deserialize_present")]
    venue: Option<Option<VenueId>>,
    /// Only for drafts: the days and hours of counts depend on it.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    time_zone: Option<String>,
    /// RFC 3339 with an offset, or `YYYY-MM-DDTHH:MM` in the edition's time zone. `null` while it is not decided.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(value_type = Option<String>, example = "2026-02-01T08:00:00+07:00")]
    registration_opens_at: Option<Option<InstantInput>>,
    /// The same; after `registration_opens_at`. `null` for the start of the first opening day; may be later, to fill free booths of a
    /// live edition.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(value_type = Option<String>, example = "2026-02-20T17:00:00+07:00")]
    registration_closes_at: Option<Option<InstantInput>>,
    /// 0 to 1,000,000; counts only while the edition has no booths. `null` removes it.
    #[schema(value_type = Option<DeclaredBooths>)]
    #[serde(default, deserialize_with = "deserialize_present")]
    declared_booths: Option<Option<i32>>,
    /// 0 to 10^15; counts only while no visit was counted. `null` removes it.
    #[schema(value_type = Option<DeclaredTotal>)]
    #[serde(default, deserialize_with = "deserialize_present")]
    declared_visits: Option<Option<i64>>,
    /// Minor units: 0 to 10^15; counts only while there is no sales report. `null` removes it.
    #[schema(value_type = Option<DeclaredTotal>)]
    #[serde(default, deserialize_with = "deserialize_present")]
    declared_sales: Option<Option<i64>>,
}

/// Changes an edition. Slug and currency cannot be changed.
///
/// Owners and managers of the organiser; requires `If-Match`. Refused with 409 `edition_finalised` once it is finalised or
/// cancelled, `illegal_step` for another time zone unless it is a draft, and `in_use` if series or venue are not the organiser's.
/// Webhooks get `edition.changed`.
#[utoipa::path(
    patch,
    path = "/api/v1/editions/{edition}",
    tag = "editions",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("If-Match" = String, Header),
    ),
    request_body = PatchEdition,
    responses(
        (status = 200, body = EditionView),
        (status = 404),
        (status = 409),
        (status = 412),
        (status = 422),
    ),
)]
#[patch("/editions/{edition}")]
pub(super) async fn patch_edition(
    permit: Permit<ManageEdition>,
    if_match: IfMatch,
    body: Body<PatchEdition>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let name = body.name.map(|n| checks.require_text::<NameText>("/name", &n));
    if let Some(zone) = &body.time_zone {
        create::validate_time_zone(&mut checks, zone);
    }
    let (booths, visits, sales) = (body.declared_booths, body.declared_visits, body.declared_sales);
    create::validate_declared(&mut checks, booths.flatten(), visits.flatten(), sales.flatten());
    checks.finish()?;
    permit
        .write(move |tx, authorized| {
            let before = store::lock_open(tx, authorized.edition()?)?;
            if_match.check(before.version)?;
            if body.time_zone.as_ref().is_some_and(|z| *z != before.time_zone) && before.state != EditionState::Draft {
                return Err(Problem::new(Code::IllegalStep, MessageId("error-time-zone-not-draft")));
            }
            let mut row = EditionRow { version: before.version + 1, ..before.clone() };
            row.name = name.unwrap_or(row.name);
            row.series_id = body.series.unwrap_or(row.series_id);
            row.venue_id = body.venue.unwrap_or(row.venue_id);
            create::require_own_parents(tx, row.organiser_id, body.series.flatten(), body.venue.flatten())?;
            row.time_zone = body.time_zone.unwrap_or(row.time_zone);
            set_registration(&mut row, body.registration_opens_at, body.registration_closes_at)?;
            row.declared_booths = booths.unwrap_or(row.declared_booths);
            row.declared_visits = visits.unwrap_or(row.declared_visits);
            row.declared_sales = sales.unwrap_or(row.declared_sales);
            if !store::update(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            store::refresh_schedule(tx, row.id, authorized.now)?;
            let id = row.id;
            let (before, after) = (AuditedEdition::from(before), AuditedEdition::from(row));
            authorized.record_audit(tx, AuditAction::EditionChange, id, Some(before), Some(after))?;
            let (version, view) = load_view(tx, id, authorized.now)?;
            Ok(ApiResponse::ok(&view)?.with_version(version))
        })
        .await
}

/// Sets the registration instants that are given. They can be changed at any time.
fn set_registration(
    row: &mut EditionRow,
    opens: Option<Option<InstantInput>>,
    closes: Option<Option<InstantInput>>,
) -> Result<(), Problem> {
    let zone = row.zone()?;
    let read = |input: Option<InstantInput>| input.map(|at| at.in_zone(zone));
    let schedule = &mut row.schedule;
    schedule.registration_opens_at = opens.map_or(schedule.registration_opens_at, read);
    schedule.registration_closes_at = closes.map_or(schedule.registration_closes_at, read);
    let mut checks = Validator::default();
    let (opens_at, closes_at) = (schedule.registration_opens_at, schedule.registration_closes_at);
    checks.require(
        opens_at.zip(closes_at).is_none_or(|(opens, closes)| opens < closes),
        "/registration_closes_at",
        FieldCode::Range,
        MessageId("error-registration-order"),
    );
    checks.finish()
}

/// Deletes a draft that has no zones or gates. Published editions can only be cancelled.
///
/// Owners and managers of the organiser; requires `If-Match`. Refused with 409 `illegal_step` unless it is a draft, and `in_use`
/// while it has zones, gates, prices or applications. Roles and invitations for this edition alone are deleted with it.
#[utoipa::path(
    delete,
    path = "/api/v1/editions/{edition}",
    tag = "editions",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
        (status = 412),
    ),
)]
#[delete("/editions/{edition}")]
pub(super) async fn delete_edition(permit: Permit<ManageEdition>, if_match: IfMatch) -> Result<ApiResponse, Problem> {
    permit
        .write(move |tx, authorized| {
            let before = store::lock_open(tx, authorized.edition()?)?;
            if_match.check(before.version)?;
            if before.state != EditionState::Draft {
                return Err(Problem::new(Code::IllegalStep, MessageId("error-edition-not-draft")));
            }
            store::delete(tx, before.id)?;
            let authorized = authorized.without_edition();
            authorized.record_audit(tx, AuditAction::EditionDelete, before.id, Some(before.slug), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
