//! Who owns an allocation, and what concerns a booth on one day.
use diesel::prelude::*;
use hoicho_core::{
    db::{
        Tx,
        schema::{allocations, applications, exhibitors},
    },
    values::{
        clock::Day,
        ids::{AllocationId, BoothId, EditionId, ExhibitorId, OrganisationId, OrganiserId},
    },
};
use hoicho_web::identity::resource::ResourceOwners;

use super::{occupancies, store};
use crate::floor::owners::edition_of_booth;

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

/// The organiser of a booth, and the exhibitors that have it on a day: the main one first, then its co-exhibitors of that day. On a day
/// that nobody has, those that have it now, so that they are told why they cannot report.
pub fn of_booth_day(tx: &mut Tx<'_>, booth: BoothId, day: Day) -> QueryResult<ResourceOwners> {
    let edition = edition_of_booth(tx, booth)?;
    let exhibitors = match occupancies::find_exhibitors(tx, booth, day)? {
        nobody if nobody.is_empty() => store::current_exhibitors(tx, booth)?,
        exhibitors => exhibitors,
    };
    Ok(ResourceOwners::of_edition(edition, exhibitors))
}
