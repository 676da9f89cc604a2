//! Import of visit counts from a table, one row per gate, day and hour. Atomic: either all rows are imported or none,
//! and all errors are reported at once.
use std::collections::{BTreeSet, HashMap};

use chrono::{NaiveTime, TimeZone};

use super::{
    limits::{MAX_TOTAL, Totals},
    store::{self, EventRow, GateRow},
};
use crate::editions;
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{
        clock::Day,
        ids::{GateId, VisitEventId},
        text,
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, FieldCode, FieldError, Problem, Validator},
    identity::Authorized,
};

/// One row of a visit import.
#[derive(Debug, Clone)]
pub struct CountImportRow {
    /// `None` if it is not a valid date; reported as an error.
    pub day: Option<Day>,
    /// Start of what was counted, in minutes since midnight; default the opening time of the day.
    pub starts_at: Option<u32>,
    /// Gate name; optional if the edition has exactly one gate.
    pub gate: Option<String>,
    /// Visits.
    pub entries: i64,
    pub exits: i64,
}

/// Counts of an import.
pub struct ImportSummary {
    /// New events.
    pub added: Vec<VisitEventId>,
    /// Rows equal to the existing event.
    pub unchanged: usize,
    /// Rows outside the opening hours; they are imported.
    pub warnings: Vec<FieldError>,
}

/// Deterministic event identifier (UUIDv5) of gate, day and time, so that importing a time again is idempotent.
fn event_id(gate: GateId, day: Day, starts_at: NaiveTime) -> VisitEventId {
    VisitEventId(uuid::Uuid::new_v5(&gate.0, format!("{day} {}", starts_at.format("%H:%M")).as_bytes()))
}

/// The gate with a name; without a name, the only gate.
fn find_gate(gates: &[GateRow], name: Option<&str>) -> Option<GateId> {
    match (name, gates) {
        (None, [only]) => Some(only.id),
        (None, _) => None,
        (Some(name), all) => {
            let name = text::normalize_for_comparison(name);
            all.iter().find(|gate| text::normalize_for_comparison(&gate.name) == name).map(|gate| gate.id)
        }
    }
}

/// Sums of a gate, day and hour.
type HourSums = HashMap<(GateId, Day, i32), (i64, i64)>;

/// Sums of the rows; rows that cannot be imported have no gate, day or hour.
fn sums_of_rows(
    gates: &[GateRow],
    opens_at: impl Fn(Day) -> Option<NaiveTime>,
    lines: &[(u64, CountImportRow)],
) -> HourSums {
    let mut sums = HourSums::new();
    for (_, count) in lines {
        let (Some(day), Some(gate)) = (count.day, find_gate(gates, count.gate.as_deref())) else { continue };
        let opening_hour = || opens_at(day).map(|time| chrono::Timelike::hour(&time));
        let Some(hour) = count.starts_at.map(|minutes| minutes / 60).or_else(opening_hour) else { continue };
        let sum = sums.entry((gate, day, i32::try_from(hour).unwrap_or_default())).or_default();
        *sum = (sum.0.saturating_add(count.entries), sum.1.saturating_add(count.exits));
    }
    sums
}

/// Imports counts. A row equal to an existing event changes nothing, nor does an hour whose rows are what was counted in it: it is a
/// table that was exported from here. Different counts for an imported hour are an error,
/// because events are append-only: they are corrected by an adjustment.
pub fn import_rows(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    lines: Vec<(u64, CountImportRow)>,
) -> Result<ImportSummary, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let zone = edition.zone()?;
    let today = edition.local_time(authorized.now)?.date();
    let days: HashMap<Day, (NaiveTime, NaiveTime)> =
        editions::store::list_days(tx, edition.id)?.into_iter().map(|d| (d.day, (d.opens_at, d.closes_at))).collect();
    let gates = store::find_gates(tx, edition.id)?;
    // Locked, so that the totals of the days hold until the rows are inserted.
    store::lock_gates(tx, &gates.iter().map(|gate| gate.id).collect())?;
    let mut day_totals: HashMap<(GateId, Day), Totals> = HashMap::new();
    let existing: HashMap<VisitEventId, (i64, i64)> = store::find_counts(tx, edition.id)?.into_iter().collect();
    let counted: HourSums = store::counts_by_hour(tx, edition.id)?
        .into_iter()
        .map(|hour| ((hour.gate, hour.day, hour.hour), (hour.entries, hour.exits)))
        .collect();
    let sums = sums_of_rows(&gates, |day| days.get(&day).map(|hours| hours.0), &lines);
    let is_counted = |key: (GateId, Day, i32)| counted.get(&key).is_some_and(|known| sums.get(&key) == Some(known));
    let (mut checks, mut rows, mut row_ids, mut unchanged) = (Validator::default(), Vec::new(), BTreeSet::new(), 0);
    let mut warnings = Vec::new();
    for (line, count) in lines {
        let pointer = |field: &str| format!("/{line}/{field}");
        let hours = count.day.filter(|day| *day <= today).and_then(|day| days.get(&day)).copied();
        checks.require(
            hours.is_some(),
            &pointer("day"),
            FieldCode::NotAnOpeningDay,
            MessageId("import-not-opening-day").with_args(&[("line", &line)]),
        );
        let gate = find_gate(&gates, count.gate.as_deref());
        checks.require(
            gate.is_some(),
            &pointer("gate"),
            FieldCode::Unknown,
            MessageId("import-unknown-gate").with_args(&[("line", &line)]),
        );
        let hour = count.starts_at.map(|minutes| minutes / 60).or(hours.map(|h| chrono::Timelike::hour(&h.0)));
        let key = gate.zip(count.day).zip(hour.and_then(|hour| i32::try_from(hour).ok()));
        if key.is_some_and(|((gate, day), hour)| is_counted((gate, day, hour))) {
            unchanged += 1;
            continue;
        }
        let in_range = (0..=MAX_TOTAL).contains(&count.entries) && (0..=MAX_TOTAL).contains(&count.exits);
        checks.require(
            in_range,
            &pointer("entries"),
            FieldCode::Range,
            MessageId("error-count-range").with_number("max", MAX_TOTAL),
        );
        let (Some(day), Some((opens_at, closes_at)), Some(gate)) = (count.day, hours, gate) else { continue };
        let typed = count.starts_at.map(|minutes| NaiveTime::from_hms_opt(minutes / 60, minutes % 60, 0));
        let starts_at = typed.unwrap_or(Some(opens_at));
        let local = starts_at.map(|time| day.and_time(time));
        let Some(occurred_at) = local.and_then(|local| zone.from_local_datetime(&local).earliest()) else {
            checks.require(
                false,
                &pointer("hour"),
                FieldCode::Range,
                MessageId("import-hour-range").with_args(&[("line", &line)]),
            );
            continue;
        };
        let starts_at = starts_at.unwrap_or(opens_at);
        if !(opens_at..closes_at).contains(&starts_at) {
            warnings.push(FieldError {
                pointer: pointer("hour"),
                code: FieldCode::Hours,
                detail: MessageId("import-outside-opening-hours").with_args(&[("line", &line)]).localize(),
            });
        }
        let id = event_id(gate, day, starts_at);
        checks.require(
            row_ids.insert(id),
            &pointer("day"),
            FieldCode::Repeated,
            MessageId("import-duplicate-hour").with_args(&[("line", &line)]),
        );
        match existing.get(&id) {
            Some(before) if *before == (count.entries, count.exits) => {
                unchanged += 1;
                continue;
            }
            Some(_) => checks.require(
                false,
                &pointer("entries"),
                FieldCode::Counted,
                MessageId("import-count-conflict").with_args(&[("line", &line)]),
            ),
            None => {}
        }
        let before = match day_totals.get(&(gate, day)) {
            Some(totals) => *totals,
            None => store::totals(tx, gate, day)?,
        };
        let totals = before.plus(count.entries, count.exits);
        checks.require(
            !in_range || totals.is_plausible(),
            &pointer("entries"),
            FieldCode::Range,
            MessageId("import-day-total-range").with_args(&[("line", &line)]).with_number("max", MAX_TOTAL),
        );
        day_totals.insert((gate, day), totals);
        rows.push(EventRow {
            id,
            edition_id: edition.id,
            gate_id: gate,
            device: None,
            occurred_at: occurred_at.naive_utc(),
            local_day: day,
            local_hour: i32::try_from(chrono::Timelike::hour(&starts_at)).unwrap_or_default(),
            local_time: starts_at,
            entries: count.entries,
            exits: count.exits,
            reason: None,
            recorded_by: authorized.user,
            recorded_at: authorized.now,
        });
    }
    checks.finish()?;
    if store::insert_events(tx, &rows)? != rows.len() {
        // Another import recorded one of them at the same time.
        return Err(Code::StaleVersion.into());
    }
    authorized.record_audit(tx, AuditAction::VisitsImport, edition.id, None, Some(rows.len()))?;
    Ok(ImportSummary { added: rows.into_iter().map(|event| event.id).collect(), unchanged, warnings })
}
