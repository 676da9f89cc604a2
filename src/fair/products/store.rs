//! Every query on products.
use diesel::prelude::*;

use super::ProductGroup;
use hoicho_core::{
    db::{Tx, schema::*},
    on_either,
    values::{
        clock::{Day, Instant},
        ids::{ExhibitorId, ProductId},
    },
};

/// A product.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = products, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ProductRow {
    /// Identifier.
    pub id: ProductId,
    /// Whose.
    pub exhibitor_id: ExhibitorId,
    /// As people call it.
    pub name: String,
    /// The name folded for search.
    pub name_search: String,
    /// OCOP group.
    pub product_group: ProductGroup,
    /// 1 to 5.
    pub stars: Option<i32>,
    /// From 3 stars up.
    pub certificate_number: Option<String>,
    /// Last day it is good.
    pub certificate_expires_on: Option<Day>,
    /// Counts changes.
    pub version: i32,
    /// When.
    pub created_at: Instant,
}

/// Adds products.
pub fn insert(tx: &mut Tx<'_>, rows: &[ProductRow]) -> QueryResult<()> {
    for part in rows.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(products::table).values(part).execute(c))?;
    }
    Ok(())
}

/// The names of what these exhibitors sell, folded.
pub fn names_of(tx: &mut Tx<'_>, of: &[ExhibitorId]) -> QueryResult<Vec<(ExhibitorId, String)>> {
    let mut all = Vec::new();
    for part in of.chunks(1_000) {
        let rows: Vec<(ExhibitorId, String)> = products::table
            .filter(products::exhibitor_id.eq_any(part))
            .select((products::exhibitor_id, products::name_search))
            .load(tx.conn())?;
        all.extend(rows);
    }
    Ok(all)
}

/// One product of an exhibitor.
pub fn find(tx: &mut Tx<'_>, exhibitor: ExhibitorId, id: ProductId) -> QueryResult<ProductRow> {
    products::table
        .find(id)
        .filter(products::exhibitor_id.eq(exhibitor))
        .select(ProductRow::as_select())
        .get_result(tx.conn())
}

/// The products of an exhibitor, in the order they were made.
pub fn page(
    tx: &mut Tx<'_>,
    exhibitor: ExhibitorId,
    after: Option<ProductId>,
    limit: i64,
) -> QueryResult<Vec<ProductRow>> {
    let mut query = products::table.filter(products::exhibitor_id.eq(exhibitor)).into_boxed();
    if let Some(after) = after {
        query = query.filter(products::id.gt(after));
    }
    query.order(products::id).limit(limit).select(ProductRow::as_select()).load(tx.conn())
}

/// The groups an exhibitor's products are of, each once.
pub fn groups_of(tx: &mut Tx<'_>, exhibitor: ExhibitorId) -> QueryResult<Vec<ProductGroup>> {
    products::table
        .filter(products::exhibitor_id.eq(exhibitor))
        .select(products::product_group)
        .distinct()
        .load(tx.conn())
}

/// Writes a product anew, one version on, unless somebody else did since `seen`.
pub fn replace(tx: &mut Tx<'_>, row: &ProductRow, seen: i32) -> QueryResult<bool> {
    let unchanged = products::table.find(row.id).filter(products::version.eq(seen));
    Ok(diesel::update(unchanged).set(row).execute(tx.conn())? == 1)
}

/// Removes a product that no application names (foreign key).
pub fn delete(tx: &mut Tx<'_>, id: ProductId) -> QueryResult<usize> {
    diesel::delete(products::table.find(id)).execute(tx.conn())
}
