//! An entry of the audit log, to record and as stored.
use diesel::prelude::*;
use serde::Serialize;

use super::{action::AuditAction, subject_kind::SubjectKind};
use hoicho_core::{
    db::schema::audit_log,
    values::{
        clock::Instant,
        ids::{ApiKeyId, AuditId, EditionId, ExhibitorId, OrganiserId, UserId},
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
    /// The exhibitor for which staff of the organiser acted.
    pub on_behalf_of: Option<ExhibitorId>,
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
    /// The exhibitor for which staff acted.
    pub on_behalf_of: Option<ExhibitorId>,
}

/// The row of an entry.
pub(super) fn row<T: Serialize>(entry: Entry<T>) -> QueryResult<AuditRow> {
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
        on_behalf_of: entry.on_behalf_of,
    })
}
