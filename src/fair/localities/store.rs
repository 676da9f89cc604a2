//! Every query on localities.
use diesel::prelude::*;

use super::LocalityKind;
use hoicho_core::{
    db::{Tx, schema::localities},
    values::clock::Day,
};

/// A node of the tree.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = localities)]
pub struct LocalityRow {
    /// `vn.22.06652`: country, then official codes from the province down.
    pub code: String,
    /// Of which unit it is a part.
    pub parent_code: Option<String>,
    /// What kind of unit.
    pub kind: LocalityKind,
    /// As people call it.
    pub name: String,
    /// First day it existed, as far as our list goes back.
    pub valid_from: Day,
    /// Last day it existed.
    pub valid_to: Option<Day>,
}

/// One locality.
pub fn find(tx: &mut Tx<'_>, code: &str) -> QueryResult<Option<LocalityRow>> {
    localities::table.find(code).select(LocalityRow::as_select()).get_result(tx.conn()).optional()
}

/// What to look for.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Beginning of the name, folded.
    pub begins: Option<String>,
    /// Of which unit they are a part.
    pub parent: Option<String>,
    /// Valid on this day.
    pub on: Option<Day>,
}

/// Localities by code.
pub fn page(tx: &mut Tx<'_>, wanted: &Wanted, after: &str, limit: i64) -> QueryResult<Vec<LocalityRow>> {
    let mut query = localities::table.filter(localities::code.gt(after)).into_boxed();
    if let Some(begins) = &wanted.begins {
        // A range, because LIKE means another thing on each database; nothing sorts after U+10FFFF.
        query = query
            .filter(localities::name_search.ge(begins))
            .filter(localities::name_search.lt(format!("{begins}\u{10FFFF}")));
    }
    if let Some(parent) = &wanted.parent {
        query = query.filter(localities::parent_code.eq(parent));
    }
    if let Some(on) = wanted.on {
        query = query
            .filter(localities::valid_from.le(on))
            .filter(localities::valid_to.is_null().or(localities::valid_to.ge(on)));
    }
    query.order(localities::code).limit(limit).select(LocalityRow::as_select()).load(tx.conn())
}

/// Localities valid on a day by their folded names, with code and name; a name that two of them have is left out.
pub fn by_name(tx: &mut Tx<'_>, on: Day) -> QueryResult<std::collections::HashMap<String, (String, String)>> {
    let rows: Vec<(String, String, String)> = localities::table
        .filter(localities::valid_from.le(on))
        .filter(localities::valid_to.is_null().or(localities::valid_to.ge(on)))
        .order(localities::code)
        .select((localities::name_search, localities::code, localities::name))
        .load(tx.conn())?;
    let mut named: std::collections::HashMap<String, Option<(String, String)>> = std::collections::HashMap::new();
    for (folded, code, name) in rows {
        named.entry(folded).and_modify(|known| *known = None).or_insert(Some((code, name)));
    }
    Ok(named.into_iter().filter_map(|(folded, found)| Some((folded, found?))).collect())
}
