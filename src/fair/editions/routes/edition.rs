//! `/editions/{edition}`: reading, changing and deleting an edition.
use actix_web::{HttpResponse, delete, get, patch};
use serde::Deserialize;

use super::{
    super::store::{self, EditionRow},
    actions::ManageEdition,
    create,
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
    http::{ApiResponse, Body, Code, Problem, Validator, etag, etag::IfMatch, patch::deserialize_present},
    identity::{Permit, ReadPermit},
};

/// An edition by identifier or slug, with its opening days.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}",
    tag = "editions",
    params(("edition" = String, Path)),
    responses(
        (status = 200, body = EditionView),
        (status = 404),
    ),
)]
#[get("/editions/{edition}")]
pub(super) async fn get_edition(permit: ReadPermit) -> Result<HttpResponse, Problem> {
    let (version, view) = permit.read(|tx, authorized| load_view(tx, authorized.edition()?)).await?;
    let about = CacheTag::Edition(view.id);
    Ok(about.tag(HttpResponse::Ok().insert_header(etag::header(version)).json(view)))
}

/// Fields to change; `null` removes a value.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchEdition {
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    name: Option<String>,
    #[serde(default, deserialize_with = "deserialize_present")]
    series: Option<Option<SeriesId>>,
    #[serde(default, deserialize_with = "deserialize_present")]
    venue: Option<Option<VenueId>>,
    /// Only for drafts: the days and hours of counts depend on it.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    time_zone: Option<String>,
    #[serde(default, deserialize_with = "deserialize_present")]
    declared_booths: Option<Option<i32>>,
    #[serde(default, deserialize_with = "deserialize_present")]
    declared_visits: Option<Option<i64>>,
    #[serde(default, deserialize_with = "deserialize_present")]
    declared_sales: Option<Option<i64>>,
}

/// Changes an edition. Slug and currency cannot be changed.
#[utoipa::path(
    patch,
    path = "/api/v1/editions/{edition}",
    tag = "editions",
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
    let name = body.name.map(|n| checks.require_text("/name", &n, 200));
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
            row.time_zone = body.time_zone.unwrap_or(row.time_zone);
            row.declared_booths = booths.unwrap_or(row.declared_booths);
            row.declared_visits = visits.unwrap_or(row.declared_visits);
            row.declared_sales = sales.unwrap_or(row.declared_sales);
            if !store::update(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            let audited = |r: EditionRow| {
                (r.name, r.series_id, r.venue_id, r.time_zone, r.declared_booths, r.declared_visits, r.declared_sales)
            };
            authorized.record_audit(
                tx,
                AuditAction::EditionChange,
                row.id,
                Some(audited(before)),
                Some(audited(row.clone())),
            )?;
            let (version, view) = load_view(tx, row.id)?;
            Ok(ApiResponse::ok(&view)?.with_version(version))
        })
        .await
}

/// Deletes a draft that has no zones or gates. Published editions can only be cancelled.
#[utoipa::path(
    delete,
    path = "/api/v1/editions/{edition}",
    tag = "editions",
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
