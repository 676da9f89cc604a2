//! Who owns a booth.
use diesel::prelude::*;
use hoicho_core::{
    db::{
        Tx,
        schema::{allocations, applications, booths, editions, exhibitors, participants},
    },
    states::AllocationState,
    values::ids::{AllocationId, BoothId, ExhibitorId, OrganisationId},
};
use hoicho_web::identity::resource::ResourceOwners;

/// The organiser of a booth, and the exhibitors that may report for it: the main one first, then its co-exhibitors.
pub fn of_booth(tx: &mut Tx<'_>, id: BoothId) -> QueryResult<ResourceOwners> {
    let edition = booths::table
        .inner_join(editions::table.on(editions::id.eq(booths::edition_id)))
        .filter(booths::id.eq(id))
        .select((editions::organiser_id, editions::id))
        .get_result(tx.conn())?;
    let main: Option<(AllocationId, (ExhibitorId, Option<OrganisationId>))> = allocations::table
        .inner_join(applications::table.inner_join(exhibitors::table))
        .filter(allocations::booth_id.eq(id))
        .filter(allocations::state.eq_any(AllocationState::LET_STATES))
        .select((allocations::id, (exhibitors::id, exhibitors::organisation_id)))
        .get_result(tx.conn())
        .optional()?;
    let Some((allocation, main)) = main else { return Ok(ResourceOwners::of_edition(edition, Vec::new())) };
    let others: Vec<(ExhibitorId, Option<OrganisationId>)> = participants::table
        .inner_join(exhibitors::table.on(participants::exhibitor_id.eq(exhibitors::id.nullable())))
        .filter(participants::allocation_id.eq(allocation))
        .order(participants::id)
        .select((exhibitors::id, exhibitors::organisation_id))
        .load(tx.conn())?;
    let exhibitors = std::iter::once(main).chain(others).collect();
    Ok(ResourceOwners::of_edition(edition, exhibitors))
}
