//! Who owns an exhibitor.
use diesel::prelude::*;
use hoicho_core::{
    db::{
        Tx,
        schema::{applications, editions, exhibitors, standing},
    },
    states::ApplicationState,
    values::ids::ExhibitorId,
};
use hoicho_web::identity::resource::ResourceOwners;

/// The exhibitor itself, and the organisers it applied to. It is public once it has a confirmed booth.
pub fn of_exhibitor(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<ResourceOwners> {
    let exhibitor: ExhibitorId = exhibitors::table.find(id).select(exhibitors::id).get_result(tx.conn())?;
    let organisers = applications::table
        .inner_join(editions::table.on(editions::id.eq(applications::edition_id)))
        .filter(applications::exhibitor_id.eq(id))
        .filter(applications::state.ne(ApplicationState::Draft))
        .select(editions::organiser_id)
        .distinct()
        .load(tx.conn())?;
    let booths: i64 = standing::table.filter(standing::exhibitor_id.eq(id)).count().get_result(tx.conn())?;
    Ok(ResourceOwners { organisers, exhibitors: vec![exhibitor], public: booths > 0, ..ResourceOwners::default() })
}
