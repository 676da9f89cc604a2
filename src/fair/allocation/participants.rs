//! Participants of a booth besides the main exhibitor: co-exhibitors with their own staff and products (direct
//! exhibitors) and represented companies with products only (indirect exhibitors).
use diesel::prelude::*;

use super::store::AllocationRow;
use crate::exhibitors::store::is_of_staff;
use hoicho_core::{
    db::{MAX_ROWS_PER_INSERT, Tx, lock_name, schema::*},
    i18n::MessageId,
    on_either,
    values::{
        clock::Day,
        ids::{AllocationId, EditionId, ExhibitorId, OrganiserId, ParticipantId},
    },
};
use hoicho_web::{
    http::{Code, Problem},
    identity::Authorized,
};

hoicho_core::text_enum! {
    /// Role of a participant.
    ParticipantRole {
        /// Has its own staff and products on the booth.
        CoExhibitor,
        /// Only its products are on the booth.
        Represented,
    }
}

/// Max participants per allocation.
pub const MAX_PARTICIPANTS: i64 = 200;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = participants, treat_none_as_default_value = false)]
pub struct ParticipantRow {
    pub id: ParticipantId,
    /// Organiser of the edition (foreign key).
    pub organiser_id: OrganiserId,
    /// Edition of the allocation (foreign key).
    pub edition_id: EditionId,
    pub allocation_id: AllocationId,
    pub role: ParticipantRole,
    /// Only for co-exhibitors.
    pub exhibitor_id: Option<ExhibitorId>,
    pub name: String,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// First day on the booth; `None`: from the first day of the allocation.
    pub first_day: Option<Day>,
    /// Last day on the booth; `None`: to the last day of the allocation.
    pub last_day: Option<Day>,
}

/// Adds a participant. Fails if the allocation is not active or has the maximum number of participants.
pub fn insert(tx: &mut Tx<'_>, allocation: &AllocationRow, row: &ParticipantRow) -> Result<(), Problem> {
    if !allocation.state.is_active() {
        return Err(Problem::new(Code::IllegalStep, MessageId("error-allocation-ended")));
    }
    lock_name(tx, &format!("participants of {}", allocation.id))?;
    let existing = participants::table.filter(participants::allocation_id.eq(allocation.id));
    if existing.count().get_result::<i64>(tx.conn())? >= MAX_PARTICIPANTS {
        return Err(Problem::new(
            Code::IllegalStep,
            MessageId("error-participant-limit").with_number("max", MAX_PARTICIPANTS),
        ));
    }
    diesel::insert_into(participants::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// Bulk insert without validation, for the demo data.
pub fn insert_all(tx: &mut Tx<'_>, rows: &[ParticipantRow]) -> QueryResult<()> {
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(participants::table).values(part).execute(c))?;
    }
    Ok(())
}

/// The participants of an allocation, ordered by name.
pub fn list(tx: &mut Tx<'_>, allocation: AllocationId) -> QueryResult<Vec<ParticipantRow>> {
    participants::table
        .filter(participants::allocation_id.eq(allocation))
        .order((participants::name, participants::id))
        .limit(MAX_PARTICIPANTS)
        .select(ParticipantRow::as_select())
        .load(tx.conn())
}

/// The participant of an allocation.
pub fn find(tx: &mut Tx<'_>, allocation: AllocationId, id: ParticipantId) -> QueryResult<ParticipantRow> {
    participants::table
        .filter(participants::id.eq(id))
        .filter(participants::allocation_id.eq(allocation))
        .select(ParticipantRow::as_select())
        .get_result(tx.conn())
}

/// Sets the last day of a participant that leaves.
pub fn set_last_day(tx: &mut Tx<'_>, id: ParticipantId, day: Day) -> QueryResult<()> {
    diesel::update(participants::table.find(id)).set(participants::last_day.eq(day)).execute(tx.conn())?;
    Ok(())
}

/// Deletes a participant.
pub fn delete(tx: &mut Tx<'_>, allocation: AllocationId, id: ParticipantId) -> QueryResult<()> {
    diesel::delete(
        participants::table.filter(participants::id.eq(id)).filter(participants::allocation_id.eq(allocation)),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// Name and country of a record of the organiser that the caller may add: staff any, members of an organisation one that it is
/// linked with, one that applied to the organiser, or one with a confirmed booth, which is public. `None` otherwise.
pub fn find_addable_exhibitor(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    id: ExhibitorId,
) -> Result<Option<(String, String)>, Problem> {
    let record = exhibitors::table
        .find(id)
        .filter(exhibitors::organiser_id.eq(authorized.organiser()?))
        .filter(is_of_staff())
        .filter(exhibitors::merged_into_id.is_null());
    let found: Option<(String, String)> =
        record.select((exhibitors::name, exhibitors::country)).get_result(tx.conn()).optional()?;
    if found.is_none() || authorized.as_staff {
        return Ok(found);
    }
    let own = record
        .inner_join(
            organisation_members::table
                .on(exhibitors::organisation_id.eq(organisation_members::organisation_id.nullable())),
        )
        .filter(organisation_members::user_id.eq(authorized.require_user()?))
        .count()
        .get_result::<i64>(tx.conn())?;
    let applied = applications::table
        .filter(applications::exhibitor_id.eq(id))
        .filter(applications::submitted_at.is_not_null())
        .count()
        .get_result::<i64>(tx.conn())?;
    let standing = public_standing::table.filter(public_standing::exhibitor_id.eq(id)).count();
    let standing = standing.get_result::<i64>(tx.conn())?;
    Ok(found.filter(|_| own + applied + standing > 0))
}

/// Moves participants from one record of an organiser to another: all, or these. Returns those that moved.
pub fn move_to_exhibitor(
    tx: &mut Tx<'_>,
    (from, to): (ExhibitorId, ExhibitorId),
    only: Option<&[ParticipantId]>,
) -> QueryResult<Vec<ParticipantId>> {
    let ids: Vec<ParticipantId> =
        participants::table.filter(participants::exhibitor_id.eq(from)).select(participants::id).load(tx.conn())?;
    let ids: Vec<ParticipantId> = ids.into_iter().filter(|id| only.is_none_or(|only| only.contains(id))).collect();
    diesel::update(participants::table.filter(participants::id.eq_any(&ids)))
        .set(participants::exhibitor_id.eq(to))
        .execute(tx.conn())?;
    Ok(ids)
}
