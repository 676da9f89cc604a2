//! Queries on the table `products`.
use diesel::prelude::*;

use super::ProductGroup;
use hoicho_core::{
    db::{MAX_IDS_PER_STATEMENT, MAX_ROWS_PER_INSERT, Tx, schema::*},
    on_either,
    values::{
        clock::{Day, Instant},
        ids::{OrganisationId, ProductId},
    },
};

/// Row of `products`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = products, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ProductRow {
    pub id: ProductId,
    pub organisation_id: OrganisationId,
    pub name: String,
    /// The name folded for search.
    pub name_search: String,
    pub product_group: ProductGroup,
    /// 1 to 5.
    pub stars: Option<i32>,
    /// Requires at least 3 stars.
    pub certificate_number: Option<String>,
    /// Last day the certificate is valid.
    pub certificate_expires_on: Option<Day>,
    /// Incremented by each change, for optimistic locking.
    pub version: i32,
    pub created_at: Instant,
}

pub fn insert(tx: &mut Tx<'_>, rows: &[ProductRow]) -> QueryResult<()> {
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(products::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Names of the products of these organisations, folded for search.
pub fn find_folded_names(tx: &mut Tx<'_>, ids: &[OrganisationId]) -> QueryResult<Vec<(OrganisationId, String)>> {
    let mut names = Vec::new();
    for part in ids.chunks(MAX_IDS_PER_STATEMENT) {
        let rows: Vec<(OrganisationId, String)> = products::table
            .filter(products::organisation_id.eq_any(part))
            .select((products::organisation_id, products::name_search))
            .load(tx.conn())?;
        names.extend(rows);
    }
    Ok(names)
}

/// One product of an organisation.
pub fn find(tx: &mut Tx<'_>, organisation: OrganisationId, id: ProductId) -> QueryResult<ProductRow> {
    products::table
        .find(id)
        .filter(products::organisation_id.eq(organisation))
        .select(ProductRow::as_select())
        .get_result(tx.conn())
}

/// One page of the products of an organisation, in order of creation.
pub fn page(
    tx: &mut Tx<'_>,
    organisation: OrganisationId,
    after: Option<ProductId>,
    limit: i64,
) -> QueryResult<Vec<ProductRow>> {
    let mut query = products::table.filter(products::organisation_id.eq(organisation)).into_boxed();
    if let Some(after) = after {
        query = query.filter(products::id.gt(after));
    }
    query.order(products::id).limit(limit).select(ProductRow::as_select()).load(tx.conn())
}

/// Distinct groups of an organisation's products.
pub fn find_groups(tx: &mut Tx<'_>, organisation: OrganisationId) -> QueryResult<Vec<ProductGroup>> {
    products::table
        .filter(products::organisation_id.eq(organisation))
        .select(products::product_group)
        .distinct()
        .load(tx.conn())
}

/// Updates a product if its version is still `expected_version`; returns false if it has changed.
pub fn update(tx: &mut Tx<'_>, row: &ProductRow, expected_version: i32) -> QueryResult<bool> {
    let unchanged = products::table.find(row.id).filter(products::version.eq(expected_version));
    Ok(diesel::update(unchanged).set(row).execute(tx.conn())? == 1)
}

/// Deletes a product. Fails if an application references it (foreign key).
pub fn delete(tx: &mut Tx<'_>, id: ProductId) -> QueryResult<usize> {
    diesel::delete(products::table.find(id)).execute(tx.conn())
}
