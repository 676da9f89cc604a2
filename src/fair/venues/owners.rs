//! Who owns a venue and a hall.
use diesel::prelude::*;
use hoicho_core::{
    db::{
        Tx,
        schema::{halls, venues},
    },
    values::ids::{HallId, VenueId},
};
use hoicho_web::identity::resource::ResourceOwners;

/// The organiser of a venue.
pub fn of_venue(tx: &mut Tx<'_>, id: VenueId) -> QueryResult<ResourceOwners> {
    let organiser = venues::table.find(id).select(venues::organiser_id).get_result(tx.conn())?;
    Ok(ResourceOwners { venue: Some(id), ..ResourceOwners::of_organiser(organiser) })
}

/// The organiser of the venue that a hall is in.
pub fn of_hall(tx: &mut Tx<'_>, id: HallId) -> QueryResult<ResourceOwners> {
    let (organiser, venue) = halls::table
        .inner_join(venues::table)
        .filter(halls::id.eq(id))
        .select((venues::organiser_id, venues::id))
        .get_result(tx.conn())?;
    Ok(ResourceOwners { venue: Some(venue), hall: Some(id), ..ResourceOwners::of_organiser(organiser) })
}
