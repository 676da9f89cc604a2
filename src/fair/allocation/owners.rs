//! Who owns an allocation.
use diesel::prelude::*;
use hoicho_core::{
    db::{
        Tx,
        schema::{allocations, applications, editions},
    },
    values::ids::{AllocationId, EditionId, ExhibitorId, OrganiserId},
};
use hoicho_web::identity::resource::ResourceOwners;

/// The organiser of the edition, and the exhibitor that has the booth.
pub fn of_allocation(tx: &mut Tx<'_>, id: AllocationId) -> QueryResult<ResourceOwners> {
    let (edition, exhibitor): ((OrganiserId, EditionId), ExhibitorId) = allocations::table
        .inner_join(applications::table)
        .inner_join(editions::table.on(editions::id.eq(allocations::edition_id)))
        .filter(allocations::id.eq(id))
        .select(((editions::organiser_id, editions::id), applications::exhibitor_id))
        .get_result(tx.conn())?;
    Ok(ResourceOwners::of_edition(edition, vec![exhibitor]))
}
