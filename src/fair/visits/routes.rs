//! `/editions/{edition}/gates` and `/editions/{edition}/visit-counts`.
use std::collections::BTreeSet;

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, SubsecRound, TimeZone, Timelike, Utc};
use serde::{Deserialize, Serialize};

use super::{
    MOST,
    store::{self, EventRow, GateRow},
};
use crate::editions;
use hoicho_core::{
    db::Tx,
    i18n::Said,
    values::{
        clock::Day,
        ids::{GateId, VisitEventId},
    },
};
use hoicho_web::{
    http::{Answer, Body, Checks, Code, Items, Problem},
    identity::{Action, Granted, KeyScope, OrganiserRole, Permit},
};

/// The operations of this capability.
#[derive(utoipa::OpenApi)]
#[openapi(paths(create_gate, list_gates, count_visits, list_counts))]
pub struct ApiDoc;

/// Mounts them.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(create_gate).service(list_gates).service(count_visits).service(list_counts);
}

struct PlanGates;
impl Action for PlanGates {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
}
struct Count;
impl Action for Count {
    const KEY: Option<KeyScope> = Some(KeyScope::WriteVisits);
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Gate];
}
struct ReadCounts;
impl Action for ReadCounts {
    const KEY: Option<KeyScope> = Some(KeyScope::ReadFigures);
    const ORGANISER: &'static [OrganiserRole] = &[
        OrganiserRole::Owner,
        OrganiserRole::Manager,
        OrganiserRole::Finance,
        OrganiserRole::Gate,
        OrganiserRole::Viewer,
    ];
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateGate {
    /// Unique in the edition.
    name: String,
}

#[derive(Serialize, utoipa::ToSchema)]
struct GateView {
    id: GateId,
    name: String,
}

/// Adds a gate where visits are counted.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/gates", tag = "visits", params(("edition" = String, Path)), request_body = CreateGate, responses((status = 201, body = GateView), (status = 409), (status = 422)))]
#[post("/editions/{edition}/gates")]
async fn create_gate(permit: Permit<PlanGates>, body: Body<CreateGate>) -> Result<Answer, Problem> {
    let body = body.get()?;
    let mut checks = Checks::default();
    let name = checks.text("/name", &body.name, 100);
    checks.done()?;
    permit
        .once(move |tx, granted| {
            let edition = editions::store::open_for_change(tx, granted.edition()?)?;
            let row = GateRow { id: GateId::make(), edition_id: edition.id, name };
            store::insert_gates(tx, std::slice::from_ref(&row))?;
            granted.audit(tx, "gate.create", row.id, None, Some(&row.name))?;
            Answer::created(&GateView { id: row.id, name: row.name })
        })
        .await
}

/// The gates of an edition.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/gates", tag = "visits", params(("edition" = String, Path)), responses((status = 200, body = Items<GateView>), (status = 404)))]
#[get("/editions/{edition}/gates")]
async fn list_gates(permit: Permit<ReadCounts>) -> Result<HttpResponse, Problem> {
    let rows = permit.read(|tx, granted| Ok(store::gates_of(tx, granted.edition()?)?)).await?;
    let items: Vec<_> = rows.into_iter().map(|r| GateView { id: r.id, name: r.name }).collect();
    Ok(HttpResponse::Ok().json(Items { items }))
}

/// One count made at a gate.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CountEvent {
    /// UUIDv7 made by the device that counted; sent again, it counts once.
    id: VisitEventId,
    gate: GateId,
    /// RFC 3339 with offset.
    #[schema(value_type = String)]
    occurred_at: DateTime<Utc>,
    /// Came in. Negative only in an adjustment, with a reason.
    #[serde(default)]
    entries: i64,
    /// Went out; never part of the visits.
    #[serde(default)]
    exits: i64,
    /// Makes the event an adjustment.
    reason: Option<String>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CountVisits {
    /// 1 to 1,000.
    events: Vec<CountEvent>,
}

/// What became of a batch.
#[derive(Serialize, utoipa::ToSchema)]
struct Counted {
    /// Events that were new.
    accepted: usize,
    /// Events that were here already and changed nothing.
    repeated: usize,
}

/// Takes a batch of counts, all or nothing. Sending it again changes nothing.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/visit-counts", tag = "visits", params(("edition" = String, Path)), request_body = CountVisits, responses((status = 200, body = Counted), (status = 404), (status = 409), (status = 422)))]
#[post("/editions/{edition}/visit-counts")]
async fn count_visits(permit: Permit<Count>, body: Body<CountVisits>) -> Result<Answer, Problem> {
    let body = body.get()?;
    let events = body.events;
    let mut checks = Checks::default();
    checks.that((1..=1_000).contains(&events.len()), "/events", "length", Said("a-batch-has-1-to-1-000"));
    checks.done()?;
    let work = move |tx: &mut Tx<'_>, granted: Granted| {
        let edition = editions::store::open_for_change(tx, granted.edition()?)?;
        let zone: chrono_tz::Tz = edition.time_zone.parse().map_err(|_| Code::Internal)?;
        let days: BTreeSet<Day> = editions::store::days(tx, edition.id)?.into_iter().map(|d| d.day).collect();
        let gates: BTreeSet<GateId> = store::gates_of(tx, edition.id)?.into_iter().map(|g| g.id).collect();
        let mut checks = Checks::default();
        let mut rows = Vec::with_capacity(events.len());
        for (i, event) in events.into_iter().enumerate() {
            let at = |field: &str| format!("/events/{i}/{field}");
            let occurred_at = event.occurred_at.naive_utc().trunc_subsecs(6);
            let local = zone.from_utc_datetime(&occurred_at).naive_local();
            checks.that(gates.contains(&event.gate), &at("gate"), "unknown", Said("the-edition-has-no-such-gate"));
            checks.that(
                days.contains(&local.date()),
                &at("occurred_at"),
                "not_an_opening_day",
                Said("this-is-not-an-opening-day-of-2"),
            );
            let least = if event.reason.is_some() { -MOST } else { 0 };
            for (field, count) in [("entries", event.entries), ("exits", event.exits)] {
                checks.that((least..=MOST).contains(&count), &at(field), "range", Said("a-count-is-0-to-1-000"));
            }
            let reason = event.reason.map(|r| checks.text(&at("reason"), &r, 1_000));
            rows.push(EventRow {
                id: event.id,
                edition_id: edition.id,
                gate_id: event.gate,
                occurred_at,
                local_day: local.date(),
                local_hour: i32::try_from(local.hour()).unwrap_or_default(),
                entries: event.entries,
                exits: event.exits,
                reason,
                recorded_by: granted.user,
                recorded_at: granted.now,
            });
        }
        checks.done()?;
        let accepted = store::insert_new(tx, &rows)?;
        if accepted > 0 {
            granted.audit(tx, "visits.count", edition.id, None, Some(accepted))?;
        }
        Answer::ok(&Counted { accepted, repeated: rows.len() - accepted })
    };
    permit.once(work).await
}

/// Visits of one gate in one hour of one day, in the edition's time zone.
#[derive(Serialize, utoipa::ToSchema)]
struct HourView {
    gate: GateId,
    #[schema(value_type = chrono::NaiveDate)]
    day: Day,
    hour: i32,
    entries: i64,
    exits: i64,
}

/// The counts of an edition by gate, day and hour.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/visit-counts", tag = "visits", params(("edition" = String, Path)), responses((status = 200, body = Items<HourView>), (status = 404)))]
#[get("/editions/{edition}/visit-counts")]
async fn list_counts(permit: Permit<ReadCounts>) -> Result<HttpResponse, Problem> {
    let rows = permit.read(|tx, granted| Ok(store::by_hour(tx, granted.edition()?)?)).await?;
    let items: Vec<_> = rows
        .into_iter()
        .map(|r| HourView { gate: r.gate, day: r.day, hour: r.hour, entries: r.entries, exits: r.exits })
        .collect();
    Ok(HttpResponse::Ok().json(Items { items }))
}
