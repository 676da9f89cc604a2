//! `/editions/{edition}`: reading, changing and deleting an edition.
use actix_web::{HttpResponse, delete, get, patch};
use serde::Deserialize;

use super::{
    super::{
        lifecycle::EditionState,
        store::{self, EditionRow},
    },
    PlanEdition, create,
    view::{EditionView, whole},
};
use hoicho_core::{
    i18n::Said,
    values::ids::{SeriesId, VenueId},
};
use hoicho_web::{
    changes::About,
    http::{Answer, Body, Checks, Code, Problem, etag, etag::IfMatch, patch::present},
    identity::{Permit, View},
};

/// An edition by identifier or slug, with its opening days.
#[utoipa::path(get, path = "/api/v1/editions/{edition}", tag = "editions", params(("edition" = String, Path)), responses((status = 200, body = EditionView), (status = 404)))]
#[get("/editions/{edition}")]
pub(super) async fn get_edition(permit: View) -> Result<HttpResponse, Problem> {
    let (version, view) = permit.read(|tx, granted| whole(tx, granted.edition()?)).await?;
    let about = About::Edition(view.id);
    Ok(about.mark(HttpResponse::Ok().insert_header(etag::tag(version)).json(view)))
}

/// Fields to change; `null` removes a value.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchEdition {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    series: Option<Option<SeriesId>>,
    #[serde(default, deserialize_with = "present")]
    venue: Option<Option<VenueId>>,
    /// Only for drafts: the days and hours of counts depend on it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    time_zone: Option<String>,
    #[serde(default, deserialize_with = "present")]
    declared_booths: Option<Option<i32>>,
    #[serde(default, deserialize_with = "present")]
    declared_visits: Option<Option<i64>>,
    #[serde(default, deserialize_with = "present")]
    declared_sales: Option<Option<i64>>,
}

/// Changes an edition. Slug and currency cannot be changed.
#[utoipa::path(patch, path = "/api/v1/editions/{edition}", tag = "editions", params(("edition" = String, Path), ("If-Match" = String, Header)), request_body = PatchEdition, responses((status = 200, body = EditionView), (status = 404), (status = 409), (status = 412), (status = 422)))]
#[patch("/editions/{edition}")]
pub(super) async fn patch_edition(
    permit: Permit<PlanEdition>,
    if_match: IfMatch,
    body: Body<PatchEdition>,
) -> Result<Answer, Problem> {
    let body = body.get()?;
    let mut checks = Checks::default();
    let name = body.name.map(|n| checks.text("/name", &n, 200));
    if let Some(zone) = &body.time_zone {
        create::check_time_zone(&mut checks, zone);
    }
    let (booths, visits, sales) = (body.declared_booths, body.declared_visits, body.declared_sales);
    create::check_declared(&mut checks, booths.flatten(), visits.flatten(), sales.flatten());
    checks.done()?;
    permit
        .write(move |tx, granted| {
            let before = store::open_for_change(tx, granted.edition()?)?;
            if_match.check(before.version)?;
            if body.time_zone.as_ref().is_some_and(|z| *z != before.time_zone) && before.state != EditionState::Draft {
                return Err(Problem::new(Code::IllegalStep, Said("only-a-draft-s-time-zone-can")));
            }
            let mut row = EditionRow { version: before.version + 1, ..before.clone() };
            row.name = name.unwrap_or(row.name);
            row.series_id = body.series.unwrap_or(row.series_id);
            row.venue_id = body.venue.unwrap_or(row.venue_id);
            row.time_zone = body.time_zone.unwrap_or(row.time_zone);
            row.declared_booths = booths.unwrap_or(row.declared_booths);
            row.declared_visits = visits.unwrap_or(row.declared_visits);
            row.declared_sales = sales.unwrap_or(row.declared_sales);
            if !store::replace(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            let audited = |r: EditionRow| {
                (r.name, r.series_id, r.venue_id, r.time_zone, r.declared_booths, r.declared_visits, r.declared_sales)
            };
            granted.audit(tx, "edition.change", row.id, Some(audited(before)), Some(audited(row.clone())))?;
            let (version, view) = whole(tx, row.id)?;
            Ok(Answer::ok(&view)?.version(version))
        })
        .await
}

/// Deletes a draft that has no zones or gates. Published editions can only be cancelled.
#[utoipa::path(delete, path = "/api/v1/editions/{edition}", tag = "editions", params(("edition" = String, Path), ("If-Match" = String, Header)), responses((status = 204), (status = 404), (status = 409), (status = 412)))]
#[delete("/editions/{edition}")]
pub(super) async fn delete_edition(permit: Permit<PlanEdition>, if_match: IfMatch) -> Result<Answer, Problem> {
    permit
        .write(move |tx, granted| {
            let before = store::open_for_change(tx, granted.edition()?)?;
            if_match.check(before.version)?;
            if before.state != EditionState::Draft {
                return Err(Problem::new(Code::IllegalStep, Said("only-a-draft-can-be-removed-cancel")));
            }
            store::delete(tx, before.id)?;
            let granted = granted.without_edition();
            granted.audit(tx, "edition.delete", before.id, Some(before.slug), None)?;
            Ok(Answer::no_content())
        })
        .await
}
