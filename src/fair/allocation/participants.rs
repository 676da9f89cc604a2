//! Who else is on a booth: co-exhibitors with their own staff and goods (direct exhibitors), and represented companies
//! of which only the goods are there (indirect).
use diesel::prelude::*;

use super::{lifecycle::AllocationState, store::AllocationRow};
use hoicho_core::{
    db::{Tx, schema::*},
    i18n::Said,
    on_either,
    values::ids::{AllocationId, EditionId, ExhibitorId, OrganiserId, ParticipantId, UserId},
};
use hoicho_web::http::{Code, Problem};

hoicho_core::text_enum! {
    /// How somebody is on another's booth.
    ParticipantRole {
        /// With its own staff and products.
        CoExhibitor,
        /// Only its goods.
        Represented,
    }
}

/// Participants one allocation may have.
pub const MOST: i64 = 200;

/// Somebody else on a booth.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = participants, treat_none_as_default_value = false)]
pub struct ParticipantRow {
    /// Identifier.
    pub id: ParticipantId,
    /// Of the allocation (foreign key).
    pub edition_id: EditionId,
    /// On whose booth.
    pub allocation_id: AllocationId,
    /// How.
    pub role: ParticipantRole,
    /// A co-exhibitor's.
    pub exhibitor_id: Option<ExhibitorId>,
    /// As people call it.
    pub name: String,
    /// ISO 3166, two capitals.
    pub country: String,
}

/// Adds one, while the allocation holds the booth.
pub fn insert(tx: &mut Tx<'_>, allocation: &AllocationRow, row: &ParticipantRow) -> Result<(), Problem> {
    if !allocation.state.is_active() {
        return Err(Problem::new(Code::IllegalStep, Said("this-allocation-has-ended")));
    }
    let there = participants::table.filter(participants::allocation_id.eq(allocation.id));
    if there.count().get_result::<i64>(tx.conn())? >= MOST {
        return Err(Problem::new(Code::IllegalStep, Said("a-booth-has-at-most-200-participants")));
    }
    diesel::insert_into(participants::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// Adds many: for the demo.
pub fn insert_all(tx: &mut Tx<'_>, rows: &[ParticipantRow]) -> QueryResult<()> {
    for part in rows.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(participants::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Who else is on a booth, by name.
pub fn of(tx: &mut Tx<'_>, allocation: AllocationId) -> QueryResult<Vec<ParticipantRow>> {
    participants::table
        .filter(participants::allocation_id.eq(allocation))
        .order((participants::name, participants::id))
        .limit(MOST)
        .select(ParticipantRow::as_select())
        .load(tx.conn())
}

/// Takes one away; returns it.
pub fn delete(tx: &mut Tx<'_>, allocation: AllocationId, id: ParticipantId) -> QueryResult<ParticipantRow> {
    diesel::delete(
        participants::table.filter(participants::id.eq(id)).filter(participants::allocation_id.eq(allocation)),
    )
    .returning(participants::all_columns)
    .get_result(tx.conn())
}

/// Name and country of an exhibitor that the caller may name: their own, one that applied to the organiser, or one
/// that stands at a fair for everybody to see.
pub fn nameable(
    tx: &mut Tx<'_>,
    user: UserId,
    organiser: OrganiserId,
    id: ExhibitorId,
) -> QueryResult<Option<(String, String)>> {
    let own = exhibitor_members::table.find((id, user)).count().get_result::<i64>(tx.conn())?;
    let applied = applications::table
        .inner_join(editions::table.on(editions::id.eq(applications::edition_id)))
        .filter(applications::exhibitor_id.eq(id))
        .filter(applications::state.ne("draft"))
        .filter(editions::organiser_id.eq(organiser))
        .count()
        .get_result::<i64>(tx.conn())?;
    let stands = allocations::table
        .inner_join(applications::table)
        .filter(applications::exhibitor_id.eq(id))
        .filter(allocations::state.eq_any([AllocationState::Confirmed, AllocationState::CheckedIn]))
        .count()
        .get_result::<i64>(tx.conn())?;
    if own + applied + stands == 0 {
        return Ok(None);
    }
    exhibitors::table.find(id).select((exhibitors::name, exhibitors::country)).get_result(tx.conn()).optional()
}
