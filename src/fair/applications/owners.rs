//! Who owns an application.
use diesel::prelude::*;
use hoicho_core::{
    db::{
        Tx,
        schema::{applications, editions},
    },
    values::ids::{ApplicationId, EditionId, ExhibitorId, OrganiserId},
};
use hoicho_web::identity::resource::ResourceOwners;

/// The organiser of the edition applied to, and the exhibitor that applied.
pub fn of_application(tx: &mut Tx<'_>, id: ApplicationId) -> QueryResult<ResourceOwners> {
    let (edition, exhibitor): ((OrganiserId, EditionId), ExhibitorId) = applications::table
        .inner_join(editions::table.on(editions::id.eq(applications::edition_id)))
        .filter(applications::id.eq(id))
        .select(((editions::organiser_id, editions::id), applications::exhibitor_id))
        .get_result(tx.conn())?;
    Ok(ResourceOwners::of_edition(edition, vec![exhibitor]))
}
