//! Import of visit counts from a table, one row per gate, day and hour. Atomic: either all rows are imported or none,
//! and all errors are reported at once.
use std::collections::{BTreeSet, HashMap};

use chrono::{NaiveTime, TimeZone};

use super::store::{self, EventRow};
use crate::editions;
use hoicho_core::{
    db::Tx,
    i18n::Said,
    values::{
        clock::Day,
        ids::{GateId, VisitEventId},
        text,
    },
};
use hoicho_web::{
    http::{Checks, Code, Problem},
    identity::Granted,
};

/// One row of a visit import.
#[derive(Debug, Clone)]
pub struct CountLine {
    /// `None` if it is not a valid date; reported as an error.
    pub day: Option<Day>,
    /// 0 to 23; default the opening hour of the day.
    pub hour: Option<u32>,
    /// Gate name; optional if the edition has exactly one gate.
    pub gate: Option<String>,
    /// Visits.
    pub entries: i64,
    pub exits: i64,
}

/// Counts of an import.
pub struct Imported {
    /// New events.
    pub added: usize,
    /// Rows equal to the existing event.
    pub unchanged: usize,
}

/// Deterministic event identifier (UUIDv5) of gate, day and hour, so that importing an hour again is idempotent.
fn event_id(gate: GateId, day: Day, hour: u32) -> VisitEventId {
    VisitEventId(uuid::Uuid::new_v5(&gate.0, format!("{day} {hour}").as_bytes()))
}

/// Imports counts. A row equal to an existing event changes nothing. Different counts for an imported hour are an error,
/// because events are append-only: they are corrected by an adjustment.
pub fn import_lines(tx: &mut Tx<'_>, granted: &Granted, lines: Vec<(u64, CountLine)>) -> Result<Imported, Problem> {
    let edition = editions::store::open_for_change(tx, granted.edition()?)?;
    let zone: chrono_tz::Tz = edition.time_zone.parse().map_err(|_| Code::Internal)?;
    let days: HashMap<Day, NaiveTime> =
        editions::store::days(tx, edition.id)?.into_iter().map(|d| (d.day, d.opens_at)).collect();
    let gates = store::gates_of(tx, edition.id)?;
    let existing: HashMap<VisitEventId, (i64, i64)> = store::imported(tx, edition.id)?.into_iter().collect();
    let (mut checks, mut rows, mut row_ids, mut unchanged) = (Checks::default(), Vec::new(), BTreeSet::new(), 0);
    for (line, count) in lines {
        let pointer = |field: &str| format!("/{line}/{field}");
        let opens_at = count.day.and_then(|day| days.get(&day));
        checks.that(
            opens_at.is_some(),
            &pointer("day"),
            "not_an_opening_day",
            Said("import-no-opening-day").with(&[("line", &line)]),
        );
        let gate_name = count.gate.as_deref().map(text::fold);
        let gate = match (&gate_name, gates.as_slice()) {
            (None, [only]) => Some(only.id),
            (None, _) => None,
            (Some(gate_name), all) => all.iter().find(|g| text::fold(&g.name) == *gate_name).map(|g| g.id),
        };
        checks.that(gate.is_some(), &pointer("gate"), "unknown", Said("import-unknown-gate").with(&[("line", &line)]));
        let in_range = (0..=super::MOST).contains(&count.entries) && (0..=super::MOST).contains(&count.exits);
        checks.that(in_range, &pointer("entries"), "range", Said("a-count-is-0-to-1-000"));
        let (Some(day), Some(opens_at), Some(gate)) = (count.day, opens_at, gate) else { continue };
        let hour = count.hour.unwrap_or_else(|| chrono::Timelike::hour(opens_at));
        let local = NaiveTime::from_hms_opt(hour, 0, 0).map(|time| day.and_time(time));
        let Some(occurred_at) = local.and_then(|local| zone.from_local_datetime(&local).earliest()) else {
            checks.that(false, &pointer("hour"), "range", Said("import-no-hour").with(&[("line", &line)]));
            continue;
        };
        let id = event_id(gate, day, hour);
        checks.that(
            row_ids.insert(id),
            &pointer("day"),
            "repeated",
            Said("import-hour-repeated").with(&[("line", &line)]),
        );
        match existing.get(&id) {
            Some(before) if *before == (count.entries, count.exits) => {
                unchanged += 1;
                continue;
            }
            Some(_) => {
                checks.that(false, &pointer("entries"), "counted", Said("import-counted").with(&[("line", &line)]))
            }
            None => {}
        }
        rows.push(EventRow {
            id,
            edition_id: edition.id,
            gate_id: gate,
            occurred_at: occurred_at.naive_utc(),
            local_day: day,
            local_hour: i32::try_from(hour).unwrap_or_default(),
            entries: count.entries,
            exits: count.exits,
            reason: None,
            recorded_by: granted.user,
            recorded_at: granted.now,
        });
    }
    checks.done()?;
    let added = store::insert_new(tx, &rows)?;
    granted.audit(tx, "visits.import", edition.id, None, Some(added))?;
    Ok(Imported { added, unchanged })
}
