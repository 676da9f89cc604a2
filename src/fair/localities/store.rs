//! Queries on localities.
use diesel::prelude::*;

use super::LocalityKind;
use hoicho_core::{
    db::{Tx, schema::localities},
    values::clock::Day,
};

/// A node of the administrative tree.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = localities)]
pub struct LocalityRow {
    /// `vn.22.06652`: country, then official codes from the province down.
    pub code: String,
    /// Code of the parent unit.
    pub parent_code: Option<String>,
    /// Kind of unit.
    pub kind: LocalityKind,
    /// Name.
    pub name: String,
    /// First day of validity, as far as the data goes back.
    pub valid_from: Day,
    /// Last day of validity.
    pub valid_to: Option<Day>,
}

/// The locality with this code.
pub fn find(tx: &mut Tx<'_>, code: &str) -> QueryResult<Option<LocalityRow>> {
    localities::table.find(code).select(LocalityRow::as_select()).get_result(tx.conn()).optional()
}

/// Filter of a list of localities.
#[derive(Debug, Default)]
pub struct LocalityFilter {
    /// Prefix of the name, folded.
    pub name_prefix: Option<String>,
    /// Code of the parent unit.
    pub parent: Option<String>,
    /// Valid on this day.
    pub valid_on: Option<Day>,
}

/// A page of localities, ordered by code.
pub fn list_page(tx: &mut Tx<'_>, wanted: &LocalityFilter, after: &str, limit: i64) -> QueryResult<Vec<LocalityRow>> {
    let mut query = localities::table.filter(localities::code.gt(after)).into_boxed();
    if let Some(begins) = &wanted.name_prefix {
        // A range, because LIKE differs between the databases; no character sorts after U+10FFFF.
        query = query
            .filter(localities::name_search.ge(begins))
            .filter(localities::name_search.lt(format!("{begins}\u{10FFFF}")));
    }
    if let Some(parent) = &wanted.parent {
        query = query.filter(localities::parent_code.eq(parent));
    }
    if let Some(on) = wanted.valid_on {
        query = query
            .filter(localities::valid_from.le(on))
            .filter(localities::valid_to.is_null().or(localities::valid_to.ge(on)));
    }
    query.order(localities::code).limit(limit).select(LocalityRow::as_select()).load(tx.conn())
}

/// Code and name of the localities valid on a day, by folded name; ambiguous names are omitted.
pub fn index_by_name(tx: &mut Tx<'_>, on: Day) -> QueryResult<std::collections::HashMap<String, (String, String)>> {
    let rows: Vec<(String, String, String)> = localities::table
        .filter(localities::valid_from.le(on))
        .filter(localities::valid_to.is_null().or(localities::valid_to.ge(on)))
        .order(localities::code)
        .select((localities::name_search, localities::code, localities::name))
        .load(tx.conn())?;
    let mut by_name: std::collections::HashMap<String, Option<(String, String)>> = std::collections::HashMap::new();
    for (folded, code, name) in rows {
        by_name.entry(folded).and_modify(|entry| *entry = None).or_insert(Some((code, name)));
    }
    Ok(by_name.into_iter().filter_map(|(folded, unique)| Some((folded, unique?))).collect())
}
