//! Counts from a table: an hour of a day at a gate a row. All or nothing, every fault told at once.
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

/// What was counted at a gate, as a table says it.
#[derive(Debug, Clone)]
pub struct CountLine {
    /// `None` for what is no day.
    pub day: Option<Day>,
    /// 0 to 23; the hour in which the day opens unless told.
    pub hour: Option<u32>,
    /// Its name; the only gate there is unless told.
    pub gate: Option<String>,
    /// Came in.
    pub entries: i64,
    /// Went out.
    pub exits: i64,
}

/// What became of a table.
pub struct Imported {
    /// Counts that were new.
    pub added: usize,
    /// Counts that were here already.
    pub unchanged: usize,
}

/// Makes the identifier of a count, the same each time the same hour is imported.
fn identifier(gate: GateId, day: Day, hour: u32) -> VisitEventId {
    VisitEventId(uuid::Uuid::new_v5(&gate.0, format!("{day} {hour}").as_bytes()))
}

/// Takes counts. A row that was taken before changes nothing; one that says something else about the same hour is
/// refused, for counts are only ever added: it is corrected by an adjustment.
pub fn import_lines(tx: &mut Tx<'_>, granted: &Granted, lines: Vec<(u64, CountLine)>) -> Result<Imported, Problem> {
    let edition = editions::store::open_for_change(tx, granted.edition()?)?;
    let zone: chrono_tz::Tz = edition.time_zone.parse().map_err(|_| Code::Internal)?;
    let days: HashMap<Day, NaiveTime> =
        editions::store::days(tx, edition.id)?.into_iter().map(|d| (d.day, d.opens_at)).collect();
    let gates = store::gates_of(tx, edition.id)?;
    let known: HashMap<VisitEventId, (i64, i64)> = store::imported(tx, edition.id)?.into_iter().collect();
    let (mut checks, mut rows, mut named, mut unchanged) = (Checks::default(), Vec::new(), BTreeSet::new(), 0);
    for (line, count) in lines {
        let at = |field: &str| format!("/{line}/{field}");
        let opens = count.day.and_then(|day| days.get(&day));
        checks.that(
            opens.is_some(),
            &at("day"),
            "not_an_opening_day",
            Said("import-no-opening-day").with(&[("line", &line)]),
        );
        let called = count.gate.as_deref().map(text::fold);
        let gate = match (&called, gates.as_slice()) {
            (None, [only]) => Some(only.id),
            (None, _) => None,
            (Some(called), all) => all.iter().find(|g| text::fold(&g.name) == *called).map(|g| g.id),
        };
        checks.that(gate.is_some(), &at("gate"), "unknown", Said("import-unknown-gate").with(&[("line", &line)]));
        let fits = (0..=super::MOST).contains(&count.entries) && (0..=super::MOST).contains(&count.exits);
        checks.that(fits, &at("entries"), "range", Said("a-count-is-0-to-1-000"));
        let (Some(day), Some(opens), Some(gate)) = (count.day, opens, gate) else { continue };
        let hour = count.hour.unwrap_or_else(|| chrono::Timelike::hour(opens));
        let local = NaiveTime::from_hms_opt(hour, 0, 0).map(|time| day.and_time(time));
        let Some(occurred_at) = local.and_then(|local| zone.from_local_datetime(&local).earliest()) else {
            checks.that(false, &at("hour"), "range", Said("import-no-hour").with(&[("line", &line)]));
            continue;
        };
        let id = identifier(gate, day, hour);
        checks.that(named.insert(id), &at("day"), "repeated", Said("import-hour-repeated").with(&[("line", &line)]));
        match known.get(&id) {
            Some(before) if *before == (count.entries, count.exits) => {
                unchanged += 1;
                continue;
            }
            Some(_) => checks.that(false, &at("entries"), "counted", Said("import-counted").with(&[("line", &line)])),
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
