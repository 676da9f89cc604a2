//! Who owns an exhibitor.
use diesel::prelude::*;
use hoicho_core::{
    db::{
        Tx,
        schema::{exhibitors, public_standing},
    },
    values::{
        clock::Instant,
        ids::{ExhibitorId, OrganisationId, OrganiserId},
    },
};
use hoicho_web::identity::resource::ResourceOwners;

/// The organiser whose record it is, and the organisation it is linked with. It is public once it has a confirmed booth at an edition
/// that is not a draft, and private until its organisation has submitted the application for which it was made.
pub fn of_exhibitor(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<ResourceOwners> {
    let (organiser, organisation, linked_at): (OrganiserId, Option<OrganisationId>, Option<Instant>) =
        exhibitors::table
            .find(id)
            .select((exhibitors::organiser_id, exhibitors::organisation_id, exhibitors::linked_at))
            .get_result(tx.conn())?;
    let booths = public_standing::table.filter(public_standing::exhibitor_id.eq(id)).count();
    let booths: i64 = booths.get_result(tx.conn())?;
    Ok(ResourceOwners {
        exhibitors: vec![id],
        organisations: organisation.into_iter().collect(),
        public: booths > 0,
        is_private: organisation.is_some() && linked_at.is_none(),
        ..ResourceOwners::of_organiser(organiser)
    })
}
