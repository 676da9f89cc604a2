//! The audit log: actor, action, time, and the values before and after each change, written in the same transaction as the
//! change.
mod action;
mod entry;
mod events;
mod subject_kind;

pub use action::AuditAction;
pub use entry::{AuditRow, Entry};
pub use events::{EventRule, EventType, ReleaseCause};
pub use subject_kind::SubjectKind;

use diesel::prelude::*;
use serde::Serialize;

use entry::row;
use hoicho_core::{
    db::{MAX_ROWS_PER_INSERT, Tx, schema::audit_log},
    on_either,
    values::ids::{AuditId, EditionId, ExhibitorId, OrganiserId, UserId},
};

/// Records one entry.
pub fn record<T: Serialize>(tx: &mut Tx<'_>, entry: Entry<T>) -> QueryResult<()> {
    let row = row(entry)?;
    diesel::insert_into(audit_log::table).values(&row).execute(tx.conn())?;
    events::enqueue_events(tx, std::slice::from_ref(&row))
}

/// Records entries in batches.
pub fn record_all<T: Serialize>(tx: &mut Tx<'_>, entries: Vec<Entry<T>>) -> QueryResult<()> {
    let rows = entries.into_iter().map(row).collect::<QueryResult<Vec<_>>>()?;
    for batch in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(audit_log::table).values(batch).execute(c))?;
        events::enqueue_events(tx, batch)?;
    }
    Ok(())
}

/// Filter of audit entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// No filter; for platform administrators.
    All,
    /// Entries of one tenant.
    Organiser(OrganiserId),
    /// Entries by one user.
    Actor(UserId),
    /// Entries of one edition in ascending order, for its event stream.
    Edition(EditionId),
}

/// Reads a page of entries, starting after the cursor `after`: ascending for an edition, otherwise descending.
pub fn list(tx: &mut Tx<'_>, of: Filter, after: Option<AuditId>, limit: i64) -> QueryResult<Vec<AuditRow>> {
    let mut query = audit_log::table.into_boxed();
    match of {
        Filter::All => {}
        Filter::Organiser(id) => query = query.filter(audit_log::organiser_id.eq(id)),
        Filter::Actor(id) => query = query.filter(audit_log::actor_id.eq(id)),
        Filter::Edition(id) => query = query.filter(audit_log::edition_id.eq(id)),
    }
    let oldest_first = matches!(of, Filter::Edition(_));
    match (after, oldest_first) {
        (Some(after), true) => query = query.filter(audit_log::id.gt(after)),
        (Some(after), false) => query = query.filter(audit_log::id.lt(after)),
        (None, _) => {}
    }
    query = if oldest_first { query.order(audit_log::id) } else { query.order(audit_log::id.desc()) };
    query.limit(limit).select(AuditRow::as_select()).load(tx.conn())
}

/// What staff did on behalf of an exhibitor at an edition, oldest first; at most 100.
pub fn list_on_behalf(tx: &mut Tx<'_>, exhibitor: ExhibitorId, edition: EditionId) -> QueryResult<Vec<AuditRow>> {
    audit_log::table
        .filter(audit_log::on_behalf_of.eq(exhibitor))
        .filter(audit_log::edition_id.eq(edition))
        .order(audit_log::id)
        .limit(100)
        .select(AuditRow::as_select())
        .load(tx.conn())
}

/// The newest entry of an edition: the start position of an event stream that requests no history.
pub fn find_last_id(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Option<AuditId>> {
    audit_log::table
        .filter(audit_log::edition_id.eq(edition))
        .order(audit_log::id.desc())
        .select(audit_log::id)
        .first(tx.conn())
        .optional()
}
