//! Archive records of applications, without wishes and documents.
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    floor::BoothCategory,
    records::{self, ArchiveImport, CleanText, ImportRecords, RecordSink},
};
use hoicho_core::{
    db::{Tx, schema::*},
    states::ApplicationState,
    values::{
        clock::Instant,
        ids::{ApplicationId, EditionId, ExhibitorId},
    },
};
use hoicho_web::http::Problem;

/// Record of an application.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = applications, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct ApplicationRecord {
    id: ApplicationId,
    #[diesel(column_name = exhibitor_id)]
    exhibitor: ExhibitorId,
    state: ApplicationState,
    booths_wanted: i32,
    category: BoothCategory,
    needs: Option<CleanText>,
    reason: Option<CleanText>,
    waitlisted_at: Option<Instant>,
    created_at: Instant,
    needs_power: bool,
    needs_water: bool,
    needs_corner: bool,
}

records::paged_by_edition!(ApplicationRecord, applications, ApplicationId);

/// Exports the applications of an edition.
pub fn export<R: From<ApplicationRecord>>(
    tx: &mut Tx<'_>,
    edition: EditionId,
    sink: RecordSink<'_, R>,
) -> Result<(), Problem> {
    records::export_pages::<ApplicationRecord, R>(tx, edition, sink)
}

impl ImportRecords for ApplicationRecord {
    fn import(mut records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        for record in &mut records {
            import.derive_ids([&mut record.id.0])?;
            record.exhibitor = import.exhibitor(record.exhibitor)?;
        }
        let others = (applications::edition_id.eq(import.edition()?), applications::version.eq(1));
        records::insert_rows!(import.tx, applications, records.into_iter().map(|record| (record, others)));
        Ok(())
    }
}
