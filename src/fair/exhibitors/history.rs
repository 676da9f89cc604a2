//! The editions in which an exhibitor took part.
use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Serialize;

use hoicho_core::{
    db::{
        Tx,
        schema::{allocations, applications, booths, editions, participants},
    },
    states::{AllocationState, ApplicationState},
    values::ids::{AllocationId, ApplicationId, EditionId, ExhibitorId},
};

/// Max rows per query; newest first.
const MAX_ROWS: i64 = 1_000;

/// A booth of an exhibitor at an edition.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = ExhibitorHistoryBooth)]
pub struct HistoryBooth {
    /// The allocation, also one that has ended.
    pub allocation: AllocationId,
    /// Code of the booth.
    pub code: String,
    /// State of the allocation.
    pub state: AllocationState,
    /// As a co-exhibitor on another exhibitor's booth.
    pub as_co_exhibitor: bool,
}

/// An edition in which an exhibitor took part.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = ExhibitorHistory)]
pub struct HistoryEntry {
    /// The edition.
    pub edition: EditionId,
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its application; a co-exhibitor may have none.
    pub application: Option<ApplicationId>,
    /// State of that application; `null` without one.
    pub application_state: Option<ApplicationState>,
    /// Booths of its own, then those that it shared; empty if it got none.
    pub booths: Vec<HistoryBooth>,
}

type BoothColumns = (EditionId, String, String, AllocationId, String, AllocationState);

/// The history of an exhibitor, newest edition first. Applications that were not submitted are left out: they are their members' alone.
pub fn find(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<Vec<HistoryEntry>> {
    let edition_columns = (editions::id, editions::slug, editions::name);
    let booth_columns =
        (editions::id, editions::slug, editions::name, allocations::id, booths::code, allocations::state);
    let applied: Vec<((EditionId, String, String), ApplicationId, ApplicationState)> = applications::table
        .inner_join(editions::table.on(editions::id.eq(applications::edition_id)))
        .filter(applications::exhibitor_id.eq(id))
        .filter(applications::submitted_at.is_not_null())
        .order(applications::id.desc())
        .limit(MAX_ROWS)
        .select((edition_columns, applications::id, applications::state))
        .load(tx.conn())?;
    let own: Vec<BoothColumns> = allocations::table
        .inner_join(booths::table)
        .inner_join(applications::table)
        .inner_join(editions::table.on(editions::id.eq(allocations::edition_id)))
        .filter(applications::exhibitor_id.eq(id))
        .order(allocations::id.desc())
        .limit(MAX_ROWS)
        .select(booth_columns)
        .load(tx.conn())?;
    let shared: Vec<BoothColumns> = participants::table
        .inner_join(allocations::table.inner_join(booths::table))
        .inner_join(editions::table.on(editions::id.eq(allocations::edition_id)))
        .filter(participants::exhibitor_id.eq(id))
        .order(allocations::id.desc())
        .limit(MAX_ROWS)
        .select(booth_columns)
        .load(tx.conn())?;
    let mut entries: BTreeMap<EditionId, HistoryEntry> = BTreeMap::new();
    let new = |edition, slug, name| HistoryEntry {
        edition,
        slug,
        name,
        application: None,
        application_state: None,
        booths: Vec::new(),
    };
    for ((edition, slug, name), application, state) in applied {
        let entry = entries.entry(edition).or_insert_with(|| new(edition, slug, name));
        (entry.application, entry.application_state) = (Some(application), Some(state));
    }
    let booths = own.into_iter().map(|row| (row, false)).chain(shared.into_iter().map(|row| (row, true)));
    for ((edition, slug, name, allocation, code, state), as_co_exhibitor) in booths {
        let entry = entries.entry(edition).or_insert_with(|| new(edition, slug, name));
        entry.booths.push(HistoryBooth { allocation, code, state, as_co_exhibitor });
    }
    Ok(entries.into_values().rev().collect())
}
