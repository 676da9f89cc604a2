//! Corrections of counts by the organiser's staff, by gate and day.
use chrono::{NaiveTime, TimeZone, Timelike};
use serde::{Deserialize, Serialize};

use super::{
    limits::{CorrectionCount, MAX_TOTAL, Totals},
    store::{self, EventRow},
};
use crate::editions;
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{
        clock::Day,
        ids::{GateId, VisitEventId},
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{FieldCode, Problem, Validator, limits::ReasonText},
    identity::Authorized,
};

/// A correction of the counts of a gate on a day.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CorrectVisits {
    /// A gate of the edition.
    gate: GateId,
    /// An opening day that has begun.
    #[schema(value_type = chrono::NaiveDate)]
    day: Day,
    /// 0 to 23, in the edition's time zone. Default: the hour with most entries of this gate on this day.
    hour: Option<u32>,
    /// Visits to add, or to take off if negative; at most 1,000,000.
    #[schema(value_type = CorrectionCount)]
    #[serde(default)]
    entries: i64,
    /// The same for exits.
    #[schema(value_type = CorrectionCount)]
    #[serde(default)]
    exits: i64,
    /// 1 to 1,000 characters.
    #[schema(value_type = ReasonText)]
    reason: String,
}

/// Counts of a gate on a day, after a correction.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Corrected {
    /// The corrected gate.
    gate: GateId,
    /// The corrected opening day.
    #[schema(value_type = chrono::NaiveDate)]
    day: Day,
    /// Hour to which the correction was added.
    hour: u32,
    /// Visits of the gate on the day, with the correction.
    entries: i64,
    /// Exits of the gate on the day, with the correction.
    exits: i64,
}

/// Totals before, and the correction with the totals after it, for the audit log.
#[derive(Serialize)]
struct AuditedCorrection<'c> {
    correction: Option<&'c CorrectVisits>,
    total: Totals,
}

/// Adds an adjusting event; no count is changed or deleted. Fails if the gate would have fewer than no visits or exits on the
/// day, or more than a day may have. The gate is locked before its counts are added up, so that concurrent corrections do
/// not pass together.
pub(super) fn correct(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    mut correction: CorrectVisits,
) -> Result<Corrected, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let (gate, day) = (correction.gate, correction.day);
    let mut checks = Validator::default();
    correction.reason = checks.require_text::<ReasonText>("/reason", &correction.reason);
    for (field, count) in [("/entries", correction.entries), ("/exits", correction.exits)] {
        checks.require(
            CorrectionCount::RANGE.contains(&count),
            field,
            FieldCode::Range,
            MessageId("error-correction-range").with_number("max", *CorrectionCount::RANGE.end()),
        );
    }
    checks.require(
        (correction.entries, correction.exits) != (0, 0),
        "/entries",
        FieldCode::Missing,
        MessageId("error-correction-empty"),
    );
    let known = store::find_gates(tx, edition.id)?.iter().any(|row| row.id == gate);
    checks.require(known, "/gate", FieldCode::Unknown, MessageId("error-unknown-gate"));
    let opening_day = editions::store::list_days(tx, edition.id)?.into_iter().find(|d| d.day == day);
    checks.require(opening_day.is_some(), "/day", FieldCode::NotAnOpeningDay, MessageId("error-not-opening-day"));
    let today = edition.local_time(authorized.now)?.date();
    checks.require(day <= today, "/day", FieldCode::Future, MessageId("error-day-in-future"));
    store::lock_gates(tx, &[gate].into())?;
    let hour = match correction.hour {
        Some(hour) => hour,
        None => {
            let busiest = store::busiest_hour(tx, gate, day)?.and_then(|hour| u32::try_from(hour).ok());
            busiest.or(opening_day.map(|d| d.opens_at.hour())).unwrap_or_default()
        }
    };
    let local_time = NaiveTime::from_hms_opt(hour, 0, 0);
    let occurred_at =
        local_time.and_then(|time| edition.zone().ok()?.from_local_datetime(&day.and_time(time)).earliest());
    checks.require(occurred_at.is_some(), "/hour", FieldCode::Range, MessageId("error-hour-range"));
    checks.finish()?;
    let before = store::totals(tx, gate, day)?;
    let row = EventRow {
        id: VisitEventId::make(),
        edition_id: edition.id,
        gate_id: gate,
        device: None,
        occurred_at: occurred_at.map(|at| at.naive_utc()).unwrap_or(authorized.now),
        local_day: day,
        local_hour: i32::try_from(hour).unwrap_or_default(),
        local_time: local_time.unwrap_or_default(),
        entries: correction.entries,
        exits: correction.exits,
        reason: Some(correction.reason.clone()),
        recorded_by: authorized.user,
        recorded_at: authorized.now,
    };
    store::insert_events(tx, std::slice::from_ref(&row))?;
    let total = store::totals(tx, gate, day)?;
    let mut checks = Validator::default();
    for (field, before, total) in [("/entries", before.entries, total.entries), ("/exits", before.exits, total.exits)] {
        let detail = MessageId("error-count-below-zero-of").with_number("count", before);
        checks.require(total >= 0, field, FieldCode::BelowZero, detail);
        checks.require(
            total <= MAX_TOTAL.max(before),
            field,
            FieldCode::Range,
            MessageId("error-day-total-range").with_number("max", MAX_TOTAL),
        );
    }
    checks.finish()?;
    authorized.record_audit(
        tx,
        AuditAction::VisitsCorrect,
        edition.id,
        Some(AuditedCorrection { correction: None, total: before }),
        Some(AuditedCorrection { correction: Some(&correction), total }),
    )?;
    Ok(Corrected { gate, day, hour, entries: total.entries, exits: total.exits })
}
