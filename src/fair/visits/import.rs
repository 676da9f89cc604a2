//! Import of visit counts from a table, one row per gate, day and hour: planned from what is read, then written. All errors are
//! reported at once.
use std::collections::{BTreeSet, HashMap};

use chrono::{NaiveTime, TimeZone};

use super::{
    limits::{MAX_TOTAL, Totals},
    store::{self, EventRow},
};
use crate::editions::{self, store::EditionRow};
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

/// What an import of counts will write.
pub struct PlannedCounts {
    /// New events.
    pub added: Vec<EventRow>,
    /// Rows equal to the existing event.
    pub unchanged: usize,
    /// Rows outside the opening hours; they are imported.
    pub warnings: Vec<FieldError>,
}

/// Deterministic event identifier (UUIDv5) of gate, day and time, so that importing a time again is idempotent.
fn event_id(gate: GateId, day: Day, starts_at: NaiveTime) -> VisitEventId {
    VisitEventId(uuid::Uuid::new_v5(&gate.0, format!("{day} {}", starts_at.format("%H:%M")).as_bytes()))
}

/// The gates of an edition by normalized name.
struct Gates(HashMap<String, GateId>);

impl Gates {
    /// The gate with a name; without a name, the only gate.
    fn find(&self, name: Option<&str>) -> Option<GateId> {
        match name {
            None => self.0.values().next().copied().filter(|_| self.0.len() == 1),
            Some(name) => self.0.get(&text::normalize_for_comparison(name)).copied(),
        }
    }
}

/// Sums of a gate, day and hour.
type HourSums = HashMap<(GateId, Day, i32), (i64, i64)>;

/// Sums of the rows; rows that cannot be imported have no gate, day or hour.
fn sums_of_rows<'a>(
    gates: &Gates,
    opens_at: impl Fn(Day) -> Option<NaiveTime>,
    lines: impl Iterator<Item = &'a CountImportRow>,
) -> HourSums {
    let mut sums = HourSums::new();
    for count in lines {
        let (Some(day), Some(gate)) = (count.day, gates.find(count.gate.as_deref())) else { continue };
        let opening_hour = || opens_at(day).map(|time| chrono::Timelike::hour(&time));
        let Some(hour) = count.starts_at.map(|minutes| minutes / 60).or_else(opening_hour) else { continue };
        let sum = sums.entry((gate, day, i32::try_from(hour).unwrap_or_default())).or_default();
        *sum = (sum.0.saturating_add(count.entries), sum.1.saturating_add(count.exits));
    }
    sums
}

/// An import of counts: what is known of the edition, loaded once for all parts of the file.
pub struct CountImport {
    edition: EditionRow,
    zone: chrono_tz::Tz,
    /// Opening hours by day.
    days: HashMap<Day, (NaiveTime, NaiveTime)>,
    gates: Gates,
    existing: HashMap<VisitEventId, (i64, i64)>,
    counted: HourSums,
    /// Sums of all rows of the file.
    in_file: HourSums,
    /// Totals of the days with the rows that were planned.
    day_totals: HashMap<(GateId, Day), Totals>,
    /// Events of the rows that were planned.
    planned: BTreeSet<VisitEventId>,
}

impl CountImport {
    /// Loads what is known; `lines` are all rows of the file without errors.
    pub fn load<'a>(
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        lines: impl Iterator<Item = &'a CountImportRow>,
    ) -> Result<Self, Problem> {
        let edition = editions::store::find_open(tx, authorized.edition()?)?;
        let days = editions::store::list_days(tx, edition.id)?;
        let (hours, gates) = (store::counts_by_hour(tx, edition.id)?, store::find_gates(tx, edition.id)?);
        let days: HashMap<Day, (NaiveTime, NaiveTime)> =
            days.into_iter().map(|d| (d.day, (d.opens_at, d.closes_at))).collect();
        let by_name = |gate: store::GateRow| (text::normalize_for_comparison(&gate.name), gate.id);
        let gates = Gates(gates.into_iter().rev().map(by_name).collect());
        let in_file = sums_of_rows(&gates, |day| days.get(&day).map(|hours| hours.0), lines);
        Ok(Self {
            zone: edition.zone()?,
            days,
            gates,
            in_file,
            existing: store::find_counts(tx, edition.id)?.into_iter().collect(),
            counted: hours.into_iter().map(|h| ((h.gate, h.day, h.hour), (h.entries, h.exits))).collect(),
            day_totals: HashMap::new(),
            planned: BTreeSet::new(),
            edition,
        })
    }

    /// What counts will write. A row equal to an existing event changes nothing, nor does an hour whose rows are what was counted in it:
    /// it is a table that was exported from here. Different counts for an imported hour are an error, because events are append-only: they
    /// are corrected by an adjustment.
    pub fn plan(
        &mut self,
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        lines: Vec<(u64, CountImportRow)>,
    ) -> Result<PlannedCounts, Problem> {
        let today = self.edition.local_time(authorized.now)?.date();
        let is_counted =
            |key: (GateId, Day, i32)| self.counted.get(&key).is_some_and(|known| self.in_file.get(&key) == Some(known));
        let (mut checks, mut rows, mut row_ids, mut unchanged) = (Validator::default(), Vec::new(), BTreeSet::new(), 0);
        let (mut warnings, mut day_totals) = (Vec::new(), HashMap::new());
        for (line, count) in lines {
            let pointer = |field: &str| format!("/{line}/{field}");
            let hours = count.day.filter(|day| *day <= today).and_then(|day| self.days.get(&day)).copied();
            checks.require(
                hours.is_some(),
                &pointer("day"),
                FieldCode::NotAnOpeningDay,
                MessageId("import-not-opening-day").with_args(&[("line", &line)]),
            );
            let gate = self.gates.find(count.gate.as_deref());
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
            let Some(occurred_at) = local.and_then(|local| self.zone.from_local_datetime(&local).earliest()) else {
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
                !self.planned.contains(&id) && row_ids.insert(id),
                &pointer("day"),
                FieldCode::Repeated,
                MessageId("import-duplicate-hour").with_args(&[("line", &line)]),
            );
            match self.existing.get(&id) {
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
            let before = match day_totals.get(&(gate, day)).or_else(|| self.day_totals.get(&(gate, day))) {
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
                edition_id: self.edition.id,
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
        self.planned.extend(row_ids);
        self.day_totals.extend(day_totals);
        Ok(PlannedCounts { added: rows, unchanged, warnings })
    }
}

/// Writes planned counts. An event that was recorded since is a conflict.
pub fn write(tx: &mut Tx<'_>, authorized: &Authorized, rows: &[EventRow]) -> Result<(), Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let days: BTreeSet<(GateId, Day)> = rows.iter().map(|row| (row.gate_id, row.local_day)).collect();
    // Locked, so that the totals of the days hold until the end of the transaction.
    store::lock_gates(tx, &days.iter().map(|(gate, _)| *gate).collect())?;
    if store::insert_events(tx, rows)? != rows.len() {
        return Err(Code::StaleVersion.into());
    }
    for (gate, day) in days {
        if !store::totals(tx, gate, day)?.is_plausible() {
            return Err(Code::StaleVersion.into());
        }
    }
    authorized.record_audit(tx, AuditAction::VisitsImport, edition.id, None, Some(rows.len()))?;
    Ok(())
}
