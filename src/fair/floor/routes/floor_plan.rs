//! Endpoint of the floor plan.
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;

use super::super::{Plan, Sheet, floor_plan, render_svg, store};
use crate::editions;
use hoicho_core::values::ids::{HallId, ZoneId};
use hoicho_web::{
    changes::CacheTag,
    http::{Code, CpuPool, Problem, Query, accepted_media, preferred_language},
    identity::ReadPermit,
};

/// Format of the floor plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum PlanFormat {
    /// The rectangles of zones and booths.
    Json,
    /// An image.
    Svg,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FloorPlanQuery {
    /// `json` or `svg`; defaults to the `Accept` header.
    format: Option<PlanFormat>,
    /// Filter by zone.
    zone: Option<ZoneId>,
    /// Filter by hall.
    hall: Option<HallId>,
    /// Paper size for print, landscape; the SVG fills the sheet.
    size: Option<Sheet>,
}

/// Returns the floor plan: position, occupancy and exhibitor of each booth. At most 10,000 booths; request a larger
/// fair by hall or by zone.
///
/// Public unless the edition is a draft, which staff of the organiser other than gate staff and API keys with `read:editions`
/// read. Halls in which every booth has a position are drawn to scale, others row by row.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/floor-plan",
    tag = "floor",
    security((), ("session" = []), ("api_key" = ["read:editions"])),
    params(
        ("edition" = String, Path),
        FloorPlanQuery,
    ),
    responses(
        (status = 200, content((Plan = "application/json"), (String = "image/svg+xml"))),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/floor-plan")]
pub(super) async fn get_floor_plan(
    req: HttpRequest,
    permit: ReadPermit,
    query: Query<FloorPlanQuery>,
) -> Result<HttpResponse, Problem> {
    let FloorPlanQuery { format, zone, hall, size } = query.into_result()?;
    // Only responses that do not depend on the `Accept` header are cached.
    let is_explicit = format.is_some();
    let accepted = || match accepted_media(&req).contains("image/svg+xml") {
        true => PlanFormat::Svg,
        false => PlanFormat::Json,
    };
    let format = format.unwrap_or_else(accepted);
    let reading = permit.read(move |tx, authorized| {
        let edition = authorized.edition()?;
        let mut zones = store::zones(tx, edition)?;
        zones.retain(|z| zone.is_none_or(|zone| z.id == zone) && hall.is_none_or(|hall| z.hall_id == Some(hall)));
        let ids: Vec<ZoneId> = zones.iter().map(|z| z.id).collect();
        let name = editions::store::find(tx, edition)?.name;
        Ok((edition, name, floor_plan::layout(&zones, store::floor_plan_inputs(tx, edition, &ids)?)))
    });
    let (edition, name, floor_plan) = reading.await?;
    match format {
        PlanFormat::Json if is_explicit => Ok(CacheTag::Edition(edition).tag(HttpResponse::Ok().json(floor_plan))),
        PlanFormat::Json => Ok(HttpResponse::Ok().json(floor_plan)),
        PlanFormat::Svg => {
            let language = preferred_language(&req);
            let svg = CpuPool::shared().run(move || render_svg(&floor_plan, &name, size, language)).await?;
            let svg = svg.map_err(|error| {
                tracing::error!(%error, "failed to render floor plan");
                Problem::from(Code::Internal)
            })?;
            Ok(HttpResponse::Ok().content_type("image/svg+xml").body(svg))
        }
    }
}
