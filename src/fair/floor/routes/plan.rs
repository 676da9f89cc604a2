//! The floor plan.
use actix_web::{HttpRequest, HttpResponse, get, http::header};
use serde::Deserialize;

use super::super::{Plan, Sheet, plan, store, svg};
use crate::editions;
use hoicho_core::{
    i18n::Language,
    values::ids::{HallId, ZoneId},
};
use hoicho_web::{
    changes::About,
    http::{Code, Problem, Query},
    identity::View,
};

/// How the plan is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum PlanFormat {
    /// Rectangles with their booths.
    Json,
    /// A picture.
    Svg,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PlanQuery {
    /// `json` or `svg`; the `Accept` header decides when it is left out.
    format: Option<PlanFormat>,
    /// Only this zone.
    zone: Option<ZoneId>,
    /// Only this hall.
    hall: Option<HallId>,
    /// For print, lying: the picture fills the sheet.
    size: Option<Sheet>,
}

/// The floor plan: where each booth is, whether it is taken, and by whom. At most 10,000 booths: a larger fair is
/// drawn hall by hall or zone by zone.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/floor-plan", tag = "floor", params(("edition" = String, Path), PlanQuery), responses((status = 200, content((Plan = "application/json"), (String = "image/svg+xml"))), (status = 404)))]
#[get("/editions/{edition}/floor-plan")]
pub(super) async fn get_floor_plan(
    req: HttpRequest,
    permit: View,
    query: Query<PlanQuery>,
) -> Result<HttpResponse, Problem> {
    let PlanQuery { format, zone, hall, size } = query.get()?;
    let accepted = req.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    // Kept is only what does not hang on another header.
    let said_so = format.is_some();
    let format = format.unwrap_or(if accepted.contains("image/svg+xml") { PlanFormat::Svg } else { PlanFormat::Json });
    let drawn = permit.read(move |tx, granted| {
        let edition = granted.edition()?;
        let mut zones = store::zones_of(tx, edition)?;
        zones.retain(|z| zone.is_none_or(|zone| z.id == zone) && hall.is_none_or(|hall| z.hall_id == Some(hall)));
        let ids: Vec<ZoneId> = zones.iter().map(|z| z.id).collect();
        let name = editions::store::find(tx, edition)?.name;
        Ok((edition, name, plan(&zones, store::planned(tx, edition, &ids)?)))
    });
    let (edition, name, drawn) = drawn.await?;
    match format {
        PlanFormat::Json if said_so => Ok(About::Edition(edition).mark(HttpResponse::Ok().json(drawn))),
        PlanFormat::Json => Ok(HttpResponse::Ok().json(drawn)),
        PlanFormat::Svg => {
            let said = req.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
            let svg = svg(&drawn, &name, size, Language::from_header(said)).map_err(|error| {
                tracing::error!(%error, "a floor plan could not be drawn");
                Problem::from(Code::Internal)
            })?;
            Ok(HttpResponse::Ok().content_type("image/svg+xml").body(svg))
        }
    }
}
