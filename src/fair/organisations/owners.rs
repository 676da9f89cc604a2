//! Who owns an organisation.
use diesel::prelude::*;
use hoicho_core::{
    db::{
        Tx,
        schema::{exhibitors, organisations, public_standing},
    },
    values::ids::OrganisationId,
};
use hoicho_web::identity::resource::ResourceOwners;

/// The organisation itself, and the organisers it is linked with: a draft of an application links nothing. It is public once a linked
/// exhibitor has a confirmed booth at an edition that is not a draft.
pub fn of_organisation(tx: &mut Tx<'_>, id: OrganisationId) -> QueryResult<ResourceOwners> {
    let organisation: OrganisationId = organisations::table.find(id).select(organisations::id).get_result(tx.conn())?;
    let linked_organisers = exhibitors::table
        .filter(exhibitors::organisation_id.eq(id))
        .filter(exhibitors::linked_at.is_not_null())
        .order(exhibitors::organiser_id)
        .select(exhibitors::organiser_id)
        .load(tx.conn())?;
    let booths: i64 = public_standing::table
        .inner_join(exhibitors::table)
        .filter(exhibitors::organisation_id.eq(id))
        .count()
        .get_result(tx.conn())?;
    Ok(ResourceOwners {
        linked_organisers,
        organisations: vec![organisation],
        public: booths > 0,
        ..ResourceOwners::default()
    })
}
