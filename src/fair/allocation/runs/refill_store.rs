//! Queries on requests to offer free booths to the waiting list: a row for each time that booths became free.
use diesel::prelude::*;

use super::super::store::MAX_EDITIONS_PER_PAGE;
use hoicho_core::{
    db::{MAX_IDS_PER_STATEMENT, Tx, schema::waiting_list_refills},
    values::ids::{EditionId, RefillId},
};

/// Requests that free booths of an edition be offered to its waiting list.
pub fn request_refill(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<usize> {
    diesel::insert_into(waiting_list_refills::table)
        .values((waiting_list_refills::id.eq(RefillId::make()), waiting_list_refills::edition_id.eq(edition)))
        .execute(tx.conn())
}

/// Editions with requests after an edition, at most [`MAX_EDITIONS_PER_PAGE`].
pub fn find_refills(tx: &mut Tx<'_>, after: Option<EditionId>) -> QueryResult<Vec<EditionId>> {
    waiting_list_refills::table
        .filter(waiting_list_refills::edition_id.gt(after.unwrap_or(EditionId::FIRST)))
        .group_by(waiting_list_refills::edition_id)
        .order(waiting_list_refills::edition_id)
        .limit(MAX_EDITIONS_PER_PAGE)
        .select(waiting_list_refills::edition_id)
        .load(tx.conn())
}

/// The requests of an edition so far.
pub fn refills_of(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<RefillId>> {
    waiting_list_refills::table
        .filter(waiting_list_refills::edition_id.eq(edition))
        .limit(i64::try_from(MAX_IDS_PER_STATEMENT).unwrap_or(i64::MAX))
        .select(waiting_list_refills::id)
        .load(tx.conn())
}

/// Deletes requests that are fulfilled; later ones stay.
pub fn delete_refills(tx: &mut Tx<'_>, ids: &[RefillId]) -> QueryResult<usize> {
    diesel::delete(waiting_list_refills::table.filter(waiting_list_refills::id.eq_any(ids))).execute(tx.conn())
}
