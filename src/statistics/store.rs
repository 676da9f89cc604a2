//! Every query behind the figures; a handful for an edition, whatever its size.
use std::collections::HashMap;

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

use crate::{
    db::{Tx, schema::*},
    exhibitors::LegalForm,
    values::{
        clock::{Day, Instant},
        ids::{BoothId, EditionId, ExhibitorId, ZoneId},
    },
};

/// A booth with its zone.
#[derive(Debug, Clone, Queryable)]
pub(super) struct BoothFact {
    pub id: BoothId,
    pub code: String,
    pub zone: ZoneId,
    pub area_dm2: i32,
    pub equivalents: i32,
}

/// Booths by code.
pub(super) fn booths_of(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<BoothFact>> {
    booths::table
        .filter(booths::edition_id.eq(edition))
        .order(booths::code)
        .select((booths::id, booths::code, booths::zone_id, booths::area_dm2, booths::booth_equivalents))
        .load(tx.conn())
}

/// Who stands on a booth.
#[derive(Debug, Clone, Queryable)]
pub(super) struct StandFact {
    pub booth: BoothId,
    pub exhibitor: ExhibitorId,
    pub name: String,
    pub legal_form: LegalForm,
    pub country: String,
    pub locality: String,
}

/// The booths that are let (confirmed or checked in), with their exhibitors.
pub(super) fn stands(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<StandFact>> {
    allocations::table
        .inner_join(applications::table.inner_join(exhibitors::table))
        .filter(allocations::edition_id.eq(edition))
        .filter(allocations::state.eq_any(["confirmed", "checked_in"]))
        .select((
            allocations::booth_id,
            exhibitors::id,
            exhibitors::name,
            exhibitors::legal_form,
            exhibitors::country,
            exhibitors::locality,
        ))
        .load(tx.conn())
}

/// What a booth sold on a day.
#[derive(Debug, Clone, Queryable)]
pub(super) struct SaleFact {
    pub booth: BoothId,
    pub day: Day,
    pub amount: i64,
    pub ocop: i64,
}

/// All reports of an edition: at most booths × opening days.
pub(super) fn sales(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<SaleFact>> {
    sales_reports::table
        .filter(sales_reports::edition_id.eq(edition))
        .select((sales_reports::booth_id, sales_reports::day, sales_reports::amount, sales_reports::ocop_amount))
        .load(tx.conn())
}

type Totals = HashMap<EditionId, i64>;

/// Booths, sales and visits of editions; those without rows are not in the maps.
pub(super) fn totals_of(tx: &mut Tx<'_>, editions: &[EditionId]) -> QueryResult<(Totals, Totals, Totals)> {
    let booths: Vec<(EditionId, i64)> = booths::table
        .filter(booths::edition_id.eq_any(editions))
        .group_by(booths::edition_id)
        .select((booths::edition_id, diesel::dsl::count_star()))
        .load(tx.conn())?;
    let sales: Vec<(EditionId, i64)> = sales_reports::table
        .filter(sales_reports::edition_id.eq_any(editions))
        .group_by(sales_reports::edition_id)
        .select((sales_reports::edition_id, sql::<BigInt>("CAST(SUM(amount) AS BIGINT)")))
        .load(tx.conn())?;
    let visits: Vec<(EditionId, i64)> = visit_events::table
        .filter(visit_events::edition_id.eq_any(editions))
        .group_by(visit_events::edition_id)
        .select((visit_events::edition_id, sql::<BigInt>("CAST(SUM(entries) AS BIGINT)")))
        .load(tx.conn())?;
    Ok((booths.into_iter().collect(), sales.into_iter().collect(), visits.into_iter().collect()))
}

/// Keeps the frozen document of an edition.
pub(super) fn insert_final(
    tx: &mut Tx<'_>,
    edition: EditionId,
    document: &str,
    digest: &str,
    at: Instant,
) -> QueryResult<usize> {
    diesel::insert_into(final_figures::table)
        .values((
            final_figures::edition_id.eq(edition),
            final_figures::document.eq(document),
            final_figures::digest.eq(digest),
            final_figures::finalised_at.eq(at),
        ))
        .execute(tx.conn())
}

/// The frozen document and its digest.
pub(super) fn final_of(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Option<(String, String)>> {
    final_figures::table
        .find(edition)
        .select((final_figures::document, final_figures::digest))
        .first(tx.conn())
        .optional()
}
