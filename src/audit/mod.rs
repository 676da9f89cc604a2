//! The audit log: who changed what, when, from what to what; written in the change's own transaction.
use diesel::prelude::*;
use serde::Serialize;

use crate::{
    db::{Tx, schema::audit_log},
    values::{
        clock::Instant,
        ids::{AuditId, OrganiserId, UserId},
    },
};

/// One change.
pub struct Entry<T: Serialize> {
    /// Whose data it is, when it is a tenant's.
    pub organiser: Option<OrganiserId>,
    /// Who did it; `None` for the program itself.
    pub actor: Option<UserId>,
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

#[derive(Insertable)]
#[diesel(table_name = audit_log, treat_none_as_default_value = false)]
struct AuditRow<'a> {
    id: AuditId,
    organiser_id: Option<OrganiserId>,
    actor_id: Option<UserId>,
    action: &'a str,
    subject_kind: &'a str,
    subject: &'a str,
    before_json: Option<String>,
    after_json: Option<String>,
    at: Instant,
}

/// Writes one line.
pub fn record<T: Serialize>(tx: &mut Tx<'_>, entry: Entry<T>) -> QueryResult<()> {
    let json = |value: Option<T>| {
        value
            .map(|v| serde_json::to_string(&v))
            .transpose()
            .map_err(|e| diesel::result::Error::SerializationError(e.into()))
    };
    let row = AuditRow {
        id: AuditId::make(),
        organiser_id: entry.organiser,
        actor_id: entry.actor,
        action: entry.action,
        subject_kind: entry.action.split('.').next().unwrap_or_default(),
        subject: &entry.subject,
        before_json: json(entry.before)?,
        after_json: json(entry.after)?,
        at: entry.at,
    };
    diesel::insert_into(audit_log::table).values(&row).execute(tx.conn()).map(|_| ())
}
