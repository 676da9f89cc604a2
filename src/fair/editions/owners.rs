//! Who owns an edition.
use diesel::prelude::*;
use hoicho_core::{
    db::{Tx, schema::editions},
    states::EditionState,
    values::ids::{EditionId, OrganiserId},
};
use hoicho_web::identity::resource::ResourceOwners;

/// The organiser of an edition, by its identifier or slug. Everything but a draft is public.
pub fn of_edition(tx: &mut Tx<'_>, name: &str) -> QueryResult<ResourceOwners> {
    let columns = (editions::organiser_id, editions::id, editions::state);
    let (organiser, edition, state): (OrganiserId, EditionId, EditionState) = match name.parse::<EditionId>() {
        Ok(id) => editions::table.find(id).select(columns).get_result(tx.conn())?,
        // PostgreSQL takes no NUL in a text.
        Err(_) if name.contains('\0') => return Err(diesel::NotFound),
        Err(_) => editions::table.filter(editions::slug.eq(name)).select(columns).get_result(tx.conn())?,
    };
    let public = state != EditionState::Draft;
    Ok(ResourceOwners { public, ..ResourceOwners::of_edition((organiser, edition), Vec::new()) })
}
