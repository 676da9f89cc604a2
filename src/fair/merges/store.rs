//! Queries on merges and the rows that they moved.
use diesel::prelude::*;
use uuid::Uuid;

use hoicho_core::{
    db::{MAX_ROWS_PER_INSERT, Tx, schema::*},
    on_either,
    values::{
        clock::Instant,
        ids::{AllocationId, EditionId, ExhibitorId, ExhibitorMergeId, SubjectId, UserId},
    },
};

hoicho_core::text_enum! {
    /// Kind of a row that a merge moved.
    MovedKind {
        /// An application.
        Application,
        /// A co-exhibitor's place on a booth.
        Participant,
        /// A sales report, of which lines name the exhibitor.
        SalesReport,
        /// A trade deal.
        TradeDeal,
        /// Reminders at an edition.
        SalesReminder,
        /// A contact.
        Contact,
        /// A tag that the other record did not have.
        Tag,
        /// The link with an organisation.
        Link,
        /// A record that had been merged before.
        MergedRecord,
    }
}

/// Row of `exhibitor_merges`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = exhibitor_merges, treat_none_as_default_value = false)]
pub struct MergeRow {
    pub id: ExhibitorMergeId,
    /// The record that has everything.
    pub exhibitor_id: ExhibitorId,
    /// The record that was merged into it.
    pub merged_id: ExhibitorId,
    pub merged_by: UserId,
    pub merged_at: Instant,
    pub split_at: Option<Instant>,
}

/// Row of `exhibitor_merge_rows`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = exhibitor_merge_rows, treat_none_as_default_value = false)]
pub struct MovedRow {
    pub exhibitor_merge_id: ExhibitorMergeId,
    pub kind: MovedKind,
    pub subject: SubjectId,
    /// The text of a tag, otherwise empty.
    pub part: String,
}

impl MovedRow {
    /// A row with an identifier.
    pub fn new(merge: ExhibitorMergeId, kind: MovedKind, subject: Uuid) -> Self {
        Self { exhibitor_merge_id: merge, kind, subject: SubjectId(subject), part: String::new() }
    }
}

/// Inserts a merge. A record that is merged already violates a unique key.
pub fn insert(tx: &mut Tx<'_>, row: &MergeRow) -> QueryResult<usize> {
    diesel::insert_into(exhibitor_merges::table).values(row).execute(tx.conn())
}

pub fn insert_moved(tx: &mut Tx<'_>, rows: &[MovedRow]) -> QueryResult<()> {
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(exhibitor_merge_rows::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Rows that a merge moved.
pub fn find_moved(tx: &mut Tx<'_>, merge: ExhibitorMergeId) -> QueryResult<Vec<MovedRow>> {
    exhibitor_merge_rows::table
        .filter(exhibitor_merge_rows::exhibitor_merge_id.eq(merge))
        .select(MovedRow::as_select())
        .load(tx.conn())
}

/// The merge of a record into another that has not been split.
pub fn find_current(tx: &mut Tx<'_>, exhibitor: ExhibitorId, merged: ExhibitorId) -> QueryResult<Option<MergeRow>> {
    exhibitor_merges::table
        .filter(exhibitor_merges::exhibitor_id.eq(exhibitor))
        .filter(exhibitor_merges::merged_id.eq(merged))
        .filter(exhibitor_merges::split_at.is_null())
        .select(MergeRow::as_select())
        .get_result(tx.conn())
        .optional()
}

/// Marks a merge as split; `false` if it has been already.
pub fn set_split(tx: &mut Tx<'_>, id: ExhibitorMergeId, at: Instant) -> QueryResult<bool> {
    let current = exhibitor_merges::table.find(id).filter(exhibitor_merges::split_at.is_null());
    Ok(diesel::update(current).set(exhibitor_merges::split_at.eq(at)).execute(tx.conn())? == 1)
}

/// Merges into a record that have not been split, with the names of the merged records; newest first, at most 100.
pub fn find_merged(tx: &mut Tx<'_>, exhibitor: ExhibitorId) -> QueryResult<Vec<(MergeRow, String)>> {
    exhibitor_merges::table
        .inner_join(exhibitors::table.on(exhibitors::id.eq(exhibitor_merges::merged_id)))
        .filter(exhibitor_merges::exhibitor_id.eq(exhibitor))
        .filter(exhibitor_merges::split_at.is_null())
        .order(exhibitor_merges::id.desc())
        .limit(100)
        .select((MergeRow::as_select(), exhibitors::name))
        .load(tx.conn())
}

/// Editions that two records applied to, in any state: record, edition and its name. Drafts too: only linked records have them, and a
/// record has one application for an edition.
pub fn find_applications(tx: &mut Tx<'_>, of: [ExhibitorId; 2]) -> QueryResult<Vec<(ExhibitorId, EditionId, String)>> {
    applications::table
        .inner_join(editions::table.on(editions::id.eq(applications::edition_id)))
        .filter(applications::exhibitor_id.eq_any(of))
        .order(applications::id)
        .select((applications::exhibitor_id, editions::id, editions::name))
        .load(tx.conn())
}

/// Allocations on which two records stood or stand, as main exhibitor or co-exhibitor: record, allocation, name of the edition.
pub fn find_places(tx: &mut Tx<'_>, of: [ExhibitorId; 2]) -> QueryResult<Vec<(ExhibitorId, AllocationId, String)>> {
    let mut places: Vec<(ExhibitorId, AllocationId, String)> = allocations::table
        .inner_join(applications::table)
        .inner_join(editions::table.on(editions::id.eq(allocations::edition_id)))
        .filter(applications::exhibitor_id.eq_any(of))
        .order(allocations::id)
        .select((applications::exhibitor_id, allocations::id, editions::name))
        .load(tx.conn())?;
    let shared: Vec<(Option<ExhibitorId>, AllocationId, String)> = participants::table
        .inner_join(allocations::table)
        .inner_join(editions::table.on(editions::id.eq(participants::edition_id)))
        .filter(participants::exhibitor_id.eq_any(of))
        .order(participants::id)
        .select((participants::exhibitor_id, allocations::id, editions::name))
        .load(tx.conn())?;
    places.extend(shared.into_iter().filter_map(|(exhibitor, allocation, name)| Some((exhibitor?, allocation, name))));
    Ok(places)
}

/// Number of deals of a record.
pub fn count_deals(tx: &mut Tx<'_>, exhibitor: ExhibitorId) -> QueryResult<i64> {
    trade_deals::table.filter(trade_deals::exhibitor_id.eq(exhibitor)).count().get_result(tx.conn())
}
