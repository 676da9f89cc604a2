//! Finds who owns the resource that a path names: each capability answers for its own tables.
use hoicho_core::db::Tx;
use hoicho_web::{
    http::Problem,
    identity::resource::{ResourceOwners, ResourceRef},
};

use crate::{
    allocation::owners::{of_allocation, of_booth_day},
    applications::owners::of_application,
    editions::owners::of_edition,
    exhibitors::owners::of_exhibitor,
    floor::owners::of_booth,
    organisations::owners::of_organisation,
    organisers::owners::{of_organiser, of_series},
    venues::owners::{of_hall, of_venue},
};

/// The owners of a resource.
///
/// # Errors
/// `not_found` where it does not exist.
pub fn find_owners(tx: &mut Tx<'_>, resource: &ResourceRef) -> Result<ResourceOwners, Problem> {
    let found = match resource {
        ResourceRef::Organiser(id) => of_organiser(tx, *id),
        ResourceRef::Series(id) => of_series(tx, *id),
        ResourceRef::Venue(id) => of_venue(tx, *id),
        ResourceRef::Hall(id) => of_hall(tx, *id),
        ResourceRef::Edition(name) => of_edition(tx, name),
        ResourceRef::Booth(id) => of_booth(tx, *id),
        ResourceRef::BoothDay(id, day) => of_booth_day(tx, *id, *day),
        ResourceRef::Organisation(id) => of_organisation(tx, *id),
        ResourceRef::Exhibitor(id) => of_exhibitor(tx, *id),
        ResourceRef::Application(id) => of_application(tx, *id),
        ResourceRef::Allocation(id) => of_allocation(tx, *id),
    };
    Ok(found?)
}
