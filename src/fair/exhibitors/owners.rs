//! Who owns an exhibitor.
use diesel::prelude::*;
use hoicho_core::{
    db::{
        Tx,
        schema::{exhibitors, standing},
    },
    values::ids::{ExhibitorId, OrganisationId, OrganiserId},
};
use hoicho_web::identity::resource::ResourceOwners;

/// The organiser whose record it is, and the organisation it is linked with. It is public once it has a confirmed booth.
pub fn of_exhibitor(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<ResourceOwners> {
    let (organiser, organisation): (OrganiserId, Option<OrganisationId>) = exhibitors::table
        .find(id)
        .select((exhibitors::organiser_id, exhibitors::organisation_id))
        .get_result(tx.conn())?;
    let booths: i64 = standing::table.filter(standing::exhibitor_id.eq(id)).count().get_result(tx.conn())?;
    Ok(ResourceOwners {
        exhibitors: vec![id],
        organisations: organisation.into_iter().collect(),
        public: booths > 0,
        ..ResourceOwners::of_organiser(organiser)
    })
}
