//! Archive records of gates and visit counts.
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::records::{self, ArchiveImport, CleanText, ImportRecords, RecordSink};
use hoicho_core::{
    db::{Tx, schema::*},
    values::{
        clock::{Day, Instant},
        ids::{EditionId, GateId, VisitEventId},
    },
};
use hoicho_web::http::Problem;

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
    occurred_at: Instant,
    local_day: Day,
    local_hour: i32,
    entries: i64,
    exits: i64,
    reason: Option<CleanText>,
    recorded_at: Instant,
}

records::paged_by_edition!(VisitCountRecord, visit_events, VisitEventId);

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
            import.derive_ids([&mut record.id.0, &mut record.gate.0])?;
        }
        let edition = visit_events::edition_id.eq(import.edition()?);
        records::insert_rows!(import.tx, visit_events, records.into_iter().map(|record| (record, edition)));
        Ok(())
    }
}
