//! The audit log: actor, action, time, and the values before and after each change, written in the same transaction as the
//! change.
mod action;
mod events;
mod subject_kind;

pub use action::AuditAction;
pub use events::{EventRule, EventType};
pub use subject_kind::SubjectKind;

use diesel::prelude::*;
use serde::Serialize;

use hoicho_core::{
    db::{MAX_ROWS_PER_INSERT, Tx, schema::audit_log},
    on_either,
    values::{
        clock::Instant,
        ids::{ApiKeyId, AuditId, EditionId, OrganiserId, UserId},
    },
};

/// An entry to record.
pub struct Entry<T: Serialize> {
    /// The tenant that owns the data; `None` for platform data.
    pub organiser: Option<OrganiserId>,
    /// The edition concerned; its event stream includes the entry.
    pub edition: Option<EditionId>,
    /// The user who made the change; `None` for background jobs.
    pub actor: Option<UserId>,
    /// The API key that made the change, if any.
    pub api_key: Option<ApiKeyId>,
    /// The action.
    pub action: AuditAction,
    /// Identifier of the subject.
    pub subject: String,
    /// State before the change; `None` for a creation.
    pub before: Option<T>,
    /// State after the change; `None` for a deletion.
    pub after: Option<T>,
    /// Time of the change.
    pub at: Instant,
}

/// A stored entry.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_log, treat_none_as_default_value = false)]
pub struct AuditRow {
    /// Identifier; sorts by creation time.
    pub id: AuditId,
    /// The tenant that owns the data.
    pub organiser_id: Option<OrganiserId>,
    /// The edition concerned.
    pub edition_id: Option<EditionId>,
    /// The user who made the change.
    pub actor_id: Option<UserId>,
    /// The action.
    pub action: AuditAction,
    /// Kind of the subject.
    pub subject_kind: SubjectKind,
    /// Identifier of the subject.
    pub subject: String,
    /// State before the change, as JSON.
    pub before_json: Option<String>,
    /// State after the change, as JSON.
    pub after_json: Option<String>,
    /// Time of the change.
    pub at: Instant,
    /// The API key that made the change.
    pub api_key_id: Option<ApiKeyId>,
}

fn row<T: Serialize>(entry: Entry<T>) -> QueryResult<AuditRow> {
    let json = |value: Option<T>| {
        value
            .map(|v| serde_json::to_string(&v))
            .transpose()
            .map_err(|e| diesel::result::Error::SerializationError(e.into()))
    };
    Ok(AuditRow {
        id: AuditId::make(),
        organiser_id: entry.organiser,
        edition_id: entry.edition,
        actor_id: entry.actor,
        action: entry.action,
        subject_kind: entry.action.subject_kind(),
        subject: entry.subject,
        before_json: json(entry.before)?,
        after_json: json(entry.after)?,
        at: entry.at,
        api_key_id: entry.api_key,
    })
}

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

/// The newest entry of an edition: the start position of an event stream that requests no history.
pub fn find_last_id(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Option<AuditId>> {
    audit_log::table
        .filter(audit_log::edition_id.eq(edition))
        .order(audit_log::id.desc())
        .select(audit_log::id)
        .first(tx.conn())
        .optional()
}
