//! Trade deals: contracts and memoranda signed at the fair, counted and valued apart from retail sales.
use diesel::prelude::*;

use hoicho_core::{
    db::{Tx, schema::*},
    values::{
        clock::Day,
        ids::{EditionId, ExhibitorId, TradeDealId, UserId},
    },
};

hoicho_core::text_enum! {
    /// What was signed.
    DealKind {
        /// Hợp đồng.
        Contract,
        /// Biên bản ghi nhớ.
        Mou,
    }
}

/// A deal.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = trade_deals, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct DealRow {
    /// Identifier.
    pub id: TradeDealId,
    /// Of which edition.
    pub edition_id: EditionId,
    /// Whose.
    pub exhibitor_id: ExhibitorId,
    /// What was signed.
    pub kind: DealKind,
    /// With whom.
    pub counterpart: String,
    /// Minor units.
    pub amount: i64,
    /// An opening day (foreign key).
    pub signed_on: Day,
    /// In words.
    pub note: Option<String>,
    /// By whom it was entered.
    pub recorded_by: UserId,
    /// Counts changes.
    pub version: i32,
}

/// Adds one.
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

/// Deals of an edition with the exhibitors' names, in the order they were entered.
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

/// Writes a deal anew, one version on, unless somebody else did since `seen`.
pub fn replace(tx: &mut Tx<'_>, row: &DealRow, seen: i32) -> QueryResult<bool> {
    let unchanged = trade_deals::table.find(row.id).filter(trade_deals::version.eq(seen));
    Ok(diesel::update(unchanged).set(row).execute(tx.conn())? == 1)
}

/// Removes one.
pub fn delete(tx: &mut Tx<'_>, id: TradeDealId) -> QueryResult<usize> {
    diesel::delete(trade_deals::table.find(id)).execute(tx.conn())
}

/// Whether an exhibitor takes part in an edition: as main exhibitor of an application that was handed in, or on
/// another's booth.
pub fn takes_part(tx: &mut Tx<'_>, edition: EditionId, exhibitor: ExhibitorId) -> QueryResult<bool> {
    let main = applications::table
        .filter(applications::edition_id.eq(edition))
        .filter(applications::exhibitor_id.eq(exhibitor))
        .filter(applications::state.eq("approved"))
        .count()
        .get_result::<i64>(tx.conn())?;
    let with = participants::table
        .filter(participants::edition_id.eq(edition))
        .filter(participants::exhibitor_id.eq(exhibitor))
        .count()
        .get_result::<i64>(tx.conn())?;
    Ok(main + with > 0)
}
