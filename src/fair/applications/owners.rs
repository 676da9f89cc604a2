//! Who owns an application.
use diesel::prelude::*;
use hoicho_core::{
    db::{
        Tx,
        schema::{applications, exhibitors},
    },
    values::{
        clock::Instant,
        ids::{ApplicationId, EditionId, ExhibitorId, OrganisationId, OrganiserId},
    },
};
use hoicho_web::identity::resource::ResourceOwners;

/// The organiser of the edition applied to, and the exhibitor that applied, with the organisation it is linked with. Until it is
/// submitted, it is the organisation's alone, also once it is withdrawn.
pub fn of_application(tx: &mut Tx<'_>, id: ApplicationId) -> QueryResult<ResourceOwners> {
    type Row = ((OrganiserId, EditionId), (ExhibitorId, Option<OrganisationId>), Option<Instant>);
    let (edition, exhibitor, submitted_at): Row = applications::table
        .inner_join(exhibitors::table)
        .filter(applications::id.eq(id))
        .select((
            (applications::organiser_id, applications::edition_id),
            (exhibitors::id, exhibitors::organisation_id),
            applications::submitted_at,
        ))
        .get_result(tx.conn())?;
    let is_private = submitted_at.is_none();
    Ok(ResourceOwners { is_private, ..ResourceOwners::of_edition(edition, vec![exhibitor]) })
}
