//! Archive records of allocations and their participants.
use diesel::{dsl::count_star, prelude::*};
use serde::{Deserialize, Serialize};

use super::participants::{MAX_PARTICIPANTS, ParticipantRole};
use crate::{
    organisations::profile::validate_country,
    records::{self, ArchiveImport, CleanText, ImportRecords, RecordSink},
};
use hoicho_core::{
    db::{Tx, schema::*},
    i18n::MessageId,
    states::{AllocationState, ApplicationState},
    values::{
        clock::{Day, Instant},
        ids::{AllocationId, ApplicationId, BoothId, EditionId, ExhibitorId, ParticipantId},
    },
};
use hoicho_web::http::{Code, Problem, limits::NameText};

/// Record of an allocation, in any state.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = allocations, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct AllocationRecord {
    id: AllocationId,
    #[diesel(column_name = booth_id)]
    booth: BoothId,
    #[diesel(column_name = application_id)]
    application: ApplicationId,
    state: AllocationState,
    expires_at: Option<Instant>,
    #[serde(default)]
    is_by_run: bool,
    created_at: Instant,
}

/// Record of a participant.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = participants, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct ParticipantRecord {
    id: ParticipantId,
    #[diesel(column_name = allocation_id)]
    allocation: AllocationId,
    role: ParticipantRole,
    #[diesel(column_name = exhibitor_id)]
    exhibitor: Option<ExhibitorId>,
    name: CleanText,
    country: CleanText,
    first_day: Option<Day>,
    last_day: Option<Day>,
}

/// Record of an occupancy: which allocation has a booth on an opening day.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = occupancies)]
#[serde(deny_unknown_fields)]
pub struct OccupancyRecord {
    #[diesel(column_name = booth_id)]
    booth: BoothId,
    day: Day,
    #[diesel(column_name = allocation_id)]
    allocation: AllocationId,
}

records::paged_by_edition!(AllocationRecord, allocations, AllocationId);
records::paged_by_edition!(ParticipantRecord, participants, ParticipantId);

/// Exports the allocations of an edition, with the occupancies of each page after its allocations, then their participants.
pub fn export<R>(tx: &mut Tx<'_>, edition: EditionId, sink: RecordSink<'_, R>) -> Result<(), Problem>
where
    R: From<AllocationRecord> + From<OccupancyRecord> + From<ParticipantRecord>,
{
    records::for_each_page::<AllocationRecord>(tx, edition, |tx, allocations| {
        let ids: Vec<_> = allocations.iter().map(|allocation| allocation.id).collect();
        allocations.into_iter().try_for_each(|record| sink(record.into()))?;
        let days: Vec<OccupancyRecord> = occupancies::table
            .filter(occupancies::allocation_id.eq_any(&ids))
            .order((occupancies::allocation_id, occupancies::day))
            .select(OccupancyRecord::as_select())
            .load(tx.conn())?;
        days.into_iter().try_for_each(|record| sink(record.into()))
    })?;
    records::export_pages::<ParticipantRecord, R>(tx, edition, sink)
}

/// Checks the allocations of an imported edition as a whole: only an approved application has a booth, and a booth is shared by at most
/// as many as elsewhere.
pub fn check_imported(import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
    let edition = import.edition()?;
    let unapproved: i64 = allocations::table
        .inner_join(applications::table)
        .filter(allocations::edition_id.eq(edition))
        .filter(allocations::state.eq_any(AllocationState::ACTIVE_STATES))
        .filter(applications::state.ne(ApplicationState::Approved))
        .count()
        .get_result(import.tx.conn())?;
    let crowded: Option<AllocationId> = participants::table
        .filter(participants::edition_id.eq(edition))
        .group_by(participants::allocation_id)
        .having(count_star().gt(MAX_PARTICIPANTS))
        .select(participants::allocation_id)
        .first(import.tx.conn())
        .optional()?;
    if unapproved == 0 && crowded.is_none() {
        return Ok(());
    }
    Err(Problem::new(Code::Invalid, MessageId("error-archive-allocations")))
}

impl ImportRecords for AllocationRecord {
    fn import(mut records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        for record in &mut records {
            import.derive_ids([&mut record.id.0, &mut record.booth.0, &mut record.application.0])?;
        }
        let others = (allocations::edition_id.eq(import.edition()?), allocations::version.eq(1));
        records::insert_rows!(import.tx, allocations, records.into_iter().map(|record| (record, others)));
        Ok(())
    }
}

impl ImportRecords for OccupancyRecord {
    fn import(mut records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        for record in &mut records {
            import.derive_ids([&mut record.booth.0, &mut record.allocation.0])?;
        }
        let edition = occupancies::edition_id.eq(import.edition()?);
        records::insert_rows!(import.tx, occupancies, records.into_iter().map(|record| (record, edition)));
        Ok(())
    }
}

impl ImportRecords for ParticipantRecord {
    fn import(mut records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        for record in &mut records {
            records::validate("participant", record.id, |checks, at| {
                records::require_text::<NameText>(checks, &format!("{at}/name"), &record.name);
                validate_country(checks, at, record.country.as_str());
            })?;
            import.derive_ids([&mut record.id.0, &mut record.allocation.0])?;
            record.exhibitor = record.exhibitor.map(|id| import.exhibitor(id)).transpose()?;
        }
        let organiser = participants::organiser_id.eq(import.authorized.organiser()?);
        let others = (organiser, participants::edition_id.eq(import.edition()?));
        records::insert_rows!(import.tx, participants, records.into_iter().map(|record| (record, others)));
        Ok(())
    }
}
