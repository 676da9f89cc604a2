//! The audit log: who changed what, when, from what to what; written in the change's own transaction.
mod events;
pub use events::ANNOUNCED;

use diesel::prelude::*;
use serde::Serialize;

use hoicho_core::{
    db::{Tx, schema::audit_log},
    on_either,
    values::{
        clock::Instant,
        ids::{ApiKeyId, AuditId, EditionId, OrganiserId, UserId},
    },
};

/// One change.
pub struct Entry<T: Serialize> {
    /// Whose data it is, when it is a tenant's.
    pub organiser: Option<OrganiserId>,
    /// Which edition it touches: what its live stream shows.
    pub edition: Option<EditionId>,
    /// Who did it; `None` for the program itself.
    pub actor: Option<UserId>,
    /// The key that did it, where it was one.
    pub api_key: Option<ApiKeyId>,
    /// What was done, as `booth.release`.
    pub action: &'static str,
    /// What it was done to: the kind before the dot of `action` has this identifier.
    pub subject: String,
    /// How it was; `None` for a new thing.
    pub before: Option<T>,
    /// How it is now.
    pub after: Option<T>,
    /// When.
    pub at: Instant,
}

/// A line as it is kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_log, treat_none_as_default_value = false)]
pub struct AuditRow {
    /// Identifier, in the order lines were written.
    pub id: AuditId,
    /// Whose data it is.
    pub organiser_id: Option<OrganiserId>,
    /// Which edition it touches.
    pub edition_id: Option<EditionId>,
    /// Who did it.
    pub actor_id: Option<UserId>,
    /// What was done.
    pub action: String,
    /// The kind of thing.
    pub subject_kind: String,
    /// Its identifier.
    pub subject: String,
    /// JSON.
    pub before_json: Option<String>,
    /// JSON.
    pub after_json: Option<String>,
    /// When.
    pub at: Instant,
    /// The key that did it.
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
        action: entry.action.to_owned(),
        subject_kind: entry.action.split('.').next().unwrap_or_default().to_owned(),
        subject: entry.subject,
        before_json: json(entry.before)?,
        after_json: json(entry.after)?,
        at: entry.at,
        api_key_id: entry.api_key,
    })
}

/// Writes one line.
pub fn record<T: Serialize>(tx: &mut Tx<'_>, entry: Entry<T>) -> QueryResult<()> {
    let row = row(entry)?;
    diesel::insert_into(audit_log::table).values(&row).execute(tx.conn())?;
    events::announce(tx, std::slice::from_ref(&row))
}

/// Writes many lines in a few statements.
pub fn record_all<T: Serialize>(tx: &mut Tx<'_>, entries: Vec<Entry<T>>) -> QueryResult<()> {
    let rows = entries.into_iter().map(row).collect::<QueryResult<Vec<_>>>()?;
    for part in rows.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(audit_log::table).values(part).execute(c))?;
        events::announce(tx, part)?;
    }
    Ok(())
}

/// Which lines to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Everything: for the platform's admins.
    All,
    /// One tenant's.
    Organiser(OrganiserId),
    /// What one person did.
    Actor(UserId),
    /// One edition's, oldest first: what its live stream shows.
    Edition(EditionId),
}

/// Lines: an edition's oldest first after `after`, all others newest first before `after`.
pub fn page(tx: &mut Tx<'_>, of: Of, after: Option<AuditId>, limit: i64) -> QueryResult<Vec<AuditRow>> {
    let mut query = audit_log::table.into_boxed();
    match of {
        Of::All => {}
        Of::Organiser(id) => query = query.filter(audit_log::organiser_id.eq(id)),
        Of::Actor(id) => query = query.filter(audit_log::actor_id.eq(id)),
        Of::Edition(id) => query = query.filter(audit_log::edition_id.eq(id)),
    }
    let oldest_first = matches!(of, Of::Edition(_));
    match (after, oldest_first) {
        (Some(after), true) => query = query.filter(audit_log::id.gt(after)),
        (Some(after), false) => query = query.filter(audit_log::id.lt(after)),
        (None, _) => {}
    }
    query = if oldest_first { query.order(audit_log::id) } else { query.order(audit_log::id.desc()) };
    query.limit(limit).select(AuditRow::as_select()).load(tx.conn())
}

/// The last line of an edition: where a stream begins that asks for nothing older.
pub fn last_of(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Option<AuditId>> {
    audit_log::table
        .filter(audit_log::edition_id.eq(edition))
        .order(audit_log::id.desc())
        .select(audit_log::id)
        .first(tx.conn())
        .optional()
}
