//! Who owns a booth.
use diesel::prelude::*;
use hoicho_core::{
    db::{
        Tx,
        schema::{booths, editions},
    },
    values::ids::{BoothId, EditionId, OrganiserId},
};
use hoicho_web::identity::resource::ResourceOwners;

/// The organiser of a booth, and its edition.
pub fn edition_of_booth(tx: &mut Tx<'_>, id: BoothId) -> QueryResult<(OrganiserId, EditionId)> {
    booths::table
        .inner_join(editions::table.on(editions::id.eq(booths::edition_id)))
        .filter(booths::id.eq(id))
        .select((editions::organiser_id, editions::id))
        .get_result(tx.conn())
}

/// The organiser of a booth.
pub fn of_booth(tx: &mut Tx<'_>, id: BoothId) -> QueryResult<ResourceOwners> {
    Ok(ResourceOwners::of_edition(edition_of_booth(tx, id)?, Vec::new()))
}
