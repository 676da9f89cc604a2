//! Who owns an application.
use diesel::prelude::*;
use hoicho_core::{
    db::{
        Tx,
        schema::{applications, exhibitors},
    },
    values::ids::{ApplicationId, EditionId, ExhibitorId, OrganisationId, OrganiserId},
};
use hoicho_web::identity::resource::ResourceOwners;

/// The organiser of the edition applied to, and the exhibitor that applied, with the organisation it is linked with.
pub fn of_application(tx: &mut Tx<'_>, id: ApplicationId) -> QueryResult<ResourceOwners> {
    type Row = ((OrganiserId, EditionId), (ExhibitorId, Option<OrganisationId>));
    let (edition, exhibitor): Row = applications::table
        .inner_join(exhibitors::table)
        .filter(applications::id.eq(id))
        .select(((applications::organiser_id, applications::edition_id), (exhibitors::id, exhibitors::organisation_id)))
        .get_result(tx.conn())?;
    Ok(ResourceOwners::of_edition(edition, vec![exhibitor]))
}
