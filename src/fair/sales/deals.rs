//! Trade deals: contracts and memoranda of understanding signed at the fair. Counted and valued separately from retail
//! sales.
use diesel::prelude::*;

use hoicho_core::{
    db::{Tx, schema::*},
    states::ApplicationState,
    values::{
        clock::Day,
        ids::{EditionId, ExhibitorId, OrganiserId, TradeDealId, UserId},
    },
};

hoicho_core::text_enum! {
    /// Kind of trade deal.
    DealKind {
        /// Hợp đồng.
        Contract,
        /// Biên bản ghi nhớ.
        Mou,
    }
}

/// Row of `trade_deals`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = trade_deals, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct DealRow {
    pub id: TradeDealId,
    /// Organiser of the edition (foreign key).
    pub organiser_id: OrganiserId,
    pub edition_id: EditionId,
    pub exhibitor_id: ExhibitorId,
    pub kind: DealKind,
    /// The other party.
    pub counterpart: String,
    /// Minor units.
    pub amount: i64,
    /// An opening day (foreign key).
    pub signed_on: Day,
    pub note: Option<String>,
    pub recorded_by: UserId,
    /// Incremented by each change, for optimistic locking.
    pub version: i32,
}

pub fn insert(tx: &mut Tx<'_>, row: &DealRow) -> QueryResult<usize> {
    diesel::insert_into(trade_deals::table).values(row).execute(tx.conn())
}

/// One deal of an edition.
pub fn find(tx: &mut Tx<'_>, edition: EditionId, id: TradeDealId) -> QueryResult<DealRow> {
    trade_deals::table
        .find(id)
        .filter(trade_deals::edition_id.eq(edition))
        .select(DealRow::as_select())
        .get_result(tx.conn())
}

/// One page of the deals of an edition with the exhibitors' names, in order of entry.
pub fn page(
    tx: &mut Tx<'_>,
    edition: EditionId,
    after: Option<TradeDealId>,
    limit: i64,
) -> QueryResult<Vec<(DealRow, String)>> {
    let mut query =
        trade_deals::table.inner_join(exhibitors::table).filter(trade_deals::edition_id.eq(edition)).into_boxed();
    if let Some(after) = after {
        query = query.filter(trade_deals::id.gt(after));
    }
    query.order(trade_deals::id).limit(limit).select((DealRow::as_select(), exhibitors::name)).load(tx.conn())
}

/// Value of all deals of an edition, minor units.
pub fn total(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<i64> {
    let sum = diesel::dsl::sql::<diesel::sql_types::BigInt>("CAST(COALESCE(SUM(amount), 0) AS BIGINT)");
    trade_deals::table.filter(trade_deals::edition_id.eq(edition)).select(sum).get_result(tx.conn())
}

/// Updates a deal if its version is still `expected_version`; returns false if it has changed.
pub fn update(tx: &mut Tx<'_>, row: &DealRow, expected_version: i32) -> QueryResult<bool> {
    let unchanged = trade_deals::table.find(row.id).filter(trade_deals::version.eq(expected_version));
    Ok(diesel::update(unchanged).set(row).execute(tx.conn())? == 1)
}

pub fn delete(tx: &mut Tx<'_>, id: TradeDealId) -> QueryResult<usize> {
    diesel::delete(trade_deals::table.find(id)).execute(tx.conn())
}

/// Whether an exhibitor takes part in an edition: it has an approved application, or is a participant on another
/// exhibitor's booth.
pub fn is_participant(tx: &mut Tx<'_>, edition: EditionId, exhibitor: ExhibitorId) -> QueryResult<bool> {
    let approved = applications::table
        .filter(applications::edition_id.eq(edition))
        .filter(applications::exhibitor_id.eq(exhibitor))
        .filter(applications::state.eq(ApplicationState::Approved))
        .count()
        .get_result::<i64>(tx.conn())?;
    let participations = participants::table
        .filter(participants::edition_id.eq(edition))
        .filter(participants::exhibitor_id.eq(exhibitor))
        .count()
        .get_result::<i64>(tx.conn())?;
    Ok(approved + participations > 0)
}

/// Moves deals from one record of an organiser to another: all, or these. Returns those that moved.
pub fn move_to_exhibitor(
    tx: &mut Tx<'_>,
    (from, to): (ExhibitorId, ExhibitorId),
    only: Option<&[TradeDealId]>,
) -> QueryResult<Vec<TradeDealId>> {
    let ids: Vec<TradeDealId> =
        trade_deals::table.filter(trade_deals::exhibitor_id.eq(from)).select(trade_deals::id).load(tx.conn())?;
    let ids: Vec<TradeDealId> = ids.into_iter().filter(|id| only.is_none_or(|only| only.contains(id))).collect();
    diesel::update(trade_deals::table.filter(trade_deals::id.eq_any(&ids)))
        .set((trade_deals::exhibitor_id.eq(to), trade_deals::version.eq(trade_deals::version + 1)))
        .execute(tx.conn())?;
    Ok(ids)
}
