//! Exports an edition as a stream of records.
use super::record::{FORMAT_VERSION, Record};
use crate::{allocation, applications, editions, exhibitors, floor, records::RecordSink, sales, visits};
use hoicho_core::{
    db::Tx,
    values::{clock::Instant, ids::EditionId},
};
use hoicho_web::http::Problem;

/// Exports an edition in full. The last record holds the number of the others.
pub(super) fn export_edition(
    tx: &mut Tx<'_>,
    id: EditionId,
    now: Instant,
    sink: &mut dyn FnMut(&Record) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut records = 0_u64;
    let write: RecordSink<'_, Record> = &mut |record| {
        records += 1;
        sink(&record)
    };
    write(Record::Archive { format: FORMAT_VERSION, program: env!("CARGO_PKG_VERSION").to_owned(), made_at: now })?;
    editions::archive::export(tx, id, write)?;
    floor::archive::export(tx, id, write)?;
    exhibitors::archive::export(tx, id, write)?;
    applications::archive::export(tx, id, write)?;
    applications::archive::export_products(tx, id, write)?;
    allocation::archive::export(tx, id, write)?;
    sales::archive::export(tx, id, write)?;
    visits::archive::export(tx, id, write)?;
    sink(&Record::End { records })
}
