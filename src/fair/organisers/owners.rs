//! Who owns an organiser and a series.
use diesel::prelude::*;
use hoicho_core::{
    db::{
        Tx,
        schema::{organisers, series},
    },
    values::ids::{OrganiserId, SeriesId},
};
use hoicho_web::identity::resource::ResourceOwners;

/// The organiser itself.
pub fn of_organiser(tx: &mut Tx<'_>, id: OrganiserId) -> QueryResult<ResourceOwners> {
    let organiser = organisers::table.find(id).select(organisers::id).get_result(tx.conn())?;
    Ok(ResourceOwners::of_organiser(organiser))
}

/// The organiser of a series.
pub fn of_series(tx: &mut Tx<'_>, id: SeriesId) -> QueryResult<ResourceOwners> {
    let organiser = series::table.find(id).select(series::organiser_id).get_result(tx.conn())?;
    Ok(ResourceOwners { series: Some(id), ..ResourceOwners::of_organiser(organiser) })
}
