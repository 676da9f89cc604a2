//! Who owns an allocation.
use diesel::prelude::*;
use hoicho_core::{
    db::{
        Tx,
        schema::{allocations, applications, exhibitors},
    },
    values::ids::{AllocationId, EditionId, ExhibitorId, OrganisationId, OrganiserId},
};
use hoicho_web::identity::resource::ResourceOwners;

/// The organiser of the edition, and the exhibitor that has the booth.
pub fn of_allocation(tx: &mut Tx<'_>, id: AllocationId) -> QueryResult<ResourceOwners> {
    type Row = ((OrganiserId, EditionId), (ExhibitorId, Option<OrganisationId>));
    let (edition, exhibitor): Row = allocations::table
        .inner_join(applications::table.inner_join(exhibitors::table))
        .filter(allocations::id.eq(id))
        .select(((applications::organiser_id, applications::edition_id), (exhibitors::id, exhibitors::organisation_id)))
        .get_result(tx.conn())?;
    Ok(ResourceOwners::of_edition(edition, vec![exhibitor]))
}
