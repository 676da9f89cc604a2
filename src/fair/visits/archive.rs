//! Archive records of gates and visit counts.
use chrono::NaiveTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    limits::{DeviceCount, MAX_TOTAL},
    store,
};
use crate::{
    editions,
    records::{self, ArchiveImport, CleanText, ImportRecords, RecordSink},
};
use hoicho_core::{
    db::{Tx, schema::*},
    i18n::MessageId,
    values::{
        clock::{Day, Instant},
        ids::{CountingDeviceId, EditionId, GateId, VisitEventId},
    },
};
use hoicho_web::http::{Code, Problem, limits::ShortNameText};

/// Record of a gate.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = gates)]
#[serde(deny_unknown_fields)]
pub struct GateRecord {
    id: GateId,
    name: CleanText,
}

/// Record of a visit count, without the user who recorded it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = visit_events, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct VisitCountRecord {
    id: VisitEventId,
    #[diesel(column_name = gate_id)]
    gate: GateId,
    device: Option<CountingDeviceId>,
    occurred_at: Instant,
    local_day: Day,
    local_hour: i32,
    local_time: NaiveTime,
    entries: i64,
    exits: i64,
    reason: Option<CleanText>,
    recorded_at: Instant,
}

records::paged_by_edition!(VisitCountRecord, visit_events, VisitEventId);

impl VisitCountRecord {
    /// Whether the numbers are within the limits, and a negative one has a reason.
    fn is_possible(&self) -> bool {
        let max = if self.device.is_some() { *DeviceCount::RANGE.end() } else { MAX_TOTAL };
        let min = if self.reason.is_some() { -max } else { 0 };
        [self.entries, self.exits].iter().all(|count| (min..=max).contains(count))
    }
}

fn invalid_counts() -> Problem {
    Problem::new(Code::Invalid, MessageId("error-archive-counts"))
}

/// Checks the counts of an imported edition as a whole: none is of a day to come, and corrections take off no more than was
/// counted.
pub fn check_imported(import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
    let edition = import.edition()?;
    let edition = editions::store::find(import.tx, edition)?;
    let today = edition.local_time(import.authorized.now)?.date();
    let is_to_come = store::last_day(import.tx, edition.id)?.is_some_and(|day| day > today);
    if is_to_come || store::has_negative_totals(import.tx, edition.id)? { Err(invalid_counts()) } else { Ok(()) }
}

/// Exports the gates of an edition, then their counts.
pub fn export<R>(tx: &mut Tx<'_>, edition: EditionId, sink: RecordSink<'_, R>) -> Result<(), Problem>
where
    R: From<GateRecord> + From<VisitCountRecord>,
{
    let gates: Vec<GateRecord> = gates::table
        .filter(gates::edition_id.eq(edition))
        .order(gates::name)
        .select(GateRecord::as_select())
        .load(tx.conn())?;
    gates.into_iter().try_for_each(|record| sink(record.into()))?;
    records::export_pages::<VisitCountRecord, R>(tx, edition, sink)
}

impl ImportRecords for GateRecord {
    fn import(mut records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        for record in &mut records {
            records::validate("gate", record.id, |checks, at| {
                records::require_text::<ShortNameText>(checks, &format!("{at}/name"), &record.name);
            })?;
            import.derive_ids([&mut record.id.0])?;
        }
        let edition = gates::edition_id.eq(import.edition()?);
        records::insert_rows!(import.tx, gates, records.into_iter().map(|record| (record, edition)));
        Ok(())
    }
}

impl ImportRecords for VisitCountRecord {
    fn import(mut records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        for record in &mut records {
            if !record.is_possible() {
                return Err(invalid_counts());
            }
            import.derive_ids([&mut record.id.0, &mut record.gate.0])?;
            if let Some(device) = &mut record.device {
                import.derive_ids([&mut device.0])?;
            }
        }
        let edition = visit_events::edition_id.eq(import.edition()?);
        records::insert_rows!(import.tx, visit_events, records.into_iter().map(|record| (record, edition)));
        Ok(())
    }
}
