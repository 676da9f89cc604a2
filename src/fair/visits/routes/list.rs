//! Endpoint to read counts.
use actix_web::{HttpResponse, get};
use serde::Serialize;

use super::{super::store, actions::ReadCounts};
use hoicho_core::values::{clock::Day, ids::GateId};
use hoicho_web::{
    http::{Items, Problem},
    identity::Permit,
};

/// Visits of one gate in one hour of one day, in the edition's time zone.
#[derive(Serialize, utoipa::ToSchema)]
struct HourView {
    /// The gate.
    gate: GateId,
    /// An opening day.
    #[schema(value_type = chrono::NaiveDate)]
    day: Day,
    /// 0 to 23, in the edition's time zone.
    hour: i32,
    /// Visits, with adjustments.
    entries: i64,
    /// Exits, with adjustments; never part of the visits.
    exits: i64,
    /// Those of `entries` that were counted outside the opening hours of the day: a gate that opened early, or a wrong clock.
    outside_hours: i64,
}

/// Lists the counts of an edition by gate, day and hour.
///
/// All roles with the organiser, gate staff too, and API keys with `read:figures`. Adjustments are part of the counts; hours
/// without a count are left out.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/visit-counts",
    tag = "visits",
    security(("session" = []), ("api_key" = ["read:figures"])),
    params(("edition" = String, Path)),
    responses(
        (status = 200, body = Items<HourView>),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/visit-counts")]
pub(super) async fn list_counts(permit: Permit<ReadCounts>) -> Result<HttpResponse, Problem> {
    let rows = permit.read(|tx, authorized| Ok(store::counts_by_hour(tx, authorized.edition()?)?)).await?;
    let items: Vec<_> = rows
        .into_iter()
        .map(|r| HourView {
            gate: r.gate,
            day: r.day,
            hour: r.hour,
            entries: r.entries,
            exits: r.exits,
            outside_hours: r.outside_hours,
        })
        .collect();
    Ok(HttpResponse::Ok().json(Items { items }))
}
