//! Incremental synchronization of lists: a full read first, then only changes.
//!
//! Every page contains `synced`. After reading the last page, a client sends `synced` as `updated_since` in its next
//! synchronization and receives changed rows, and in `deleted` the identifiers of removed ones. All pages of one
//! synchronization repeat the `synced` of the first page, so changes made in the meantime are reported in the next.
use std::collections::HashSet;

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::{
    Kind, Revision,
    store::{self, ChangeKey, ChangesFrom},
};
use crate::http::{
    Code, Problem,
    fields::Fields,
    pagination::{PageQuery, decode_cursor, encode_cursor, next_link, truncate},
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::ids::{EditionId, SubjectId},
};

/// A parsed synchronization request.
#[derive(Debug, Clone)]
pub enum SyncRequest {
    /// A full read.
    All {
        /// The list key after which the page starts; empty for the first page.
        after: String,
        /// `synced` of the first page; `None` on the first page.
        synced: Option<Revision>,
    },
    /// Changes only.
    Since {
        /// Start of the range.
        since: ChangesFrom,
        /// `synced` of the first page; `None` on the first page.
        synced: Option<Revision>,
    },
}

fn invalid_updated_since() -> Problem {
    Problem::new(Code::BadRequest, MessageId("error-invalid-updated-since"))
}

fn invalid_cursor() -> Problem {
    Problem::new(Code::BadRequest, MessageId("error-invalid-cursor"))
}

fn parse_revision(text: &str) -> Option<Revision> {
    text.parse().ok().filter(|r| *r >= 0).map(Revision)
}

/// Parses `updated_since` and `cursor`.
pub fn parse_request(query: &PageQuery, updated_since: Option<&str>) -> Result<SyncRequest, Problem> {
    let cursor = query.decode_cursor()?;
    let Some(token) = updated_since else {
        if cursor.is_empty() {
            return Ok(SyncRequest::All { after: cursor, synced: None });
        }
        let (synced, after) = cursor.split_once('~').ok_or_else(invalid_cursor)?;
        let synced = parse_revision(synced).ok_or_else(invalid_cursor)?;
        return Ok(SyncRequest::All { after: after.to_owned(), synced: Some(synced) });
    };
    let from =
        decode_cursor(token).and_then(|t| parse_revision(t.strip_prefix('r')?)).ok_or_else(invalid_updated_since)?;
    if cursor.is_empty() {
        return Ok(SyncRequest::Since { since: ChangesFrom::Revision(from), synced: None });
    }
    let parts: Vec<&str> = cursor.split('~').collect();
    let [synced, revision, subject] = parts.as_slice() else { return Err(invalid_cursor()) };
    let parse = || {
        let last = ChangeKey { revision: parse_revision(revision)?, subject: subject.parse().ok()? };
        Some((parse_revision(synced)?, last))
    };
    let (synced, last) = parse().ok_or_else(invalid_cursor)?;
    Ok(SyncRequest::Since { since: ChangesFrom::After(last), synced: Some(synced) })
}

/// A page of a synchronizable list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Mirrored<T> {
    /// The rows; with `updated_since`, only changed ones.
    pub items: Vec<T>,
    /// With `updated_since`: identifiers of removed rows. Some may be unknown to the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Vec<SubjectId>>,
    /// Cursor of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// After reading all pages, send this as `updated_since` in the next synchronization.
    pub synced: String,
}

/// A synchronizable list.
pub trait SyncList {
    /// The row in responses.
    type Row: Serialize;
    /// The kind of entity.
    const KIND: Kind;
    /// The edition that contains the rows; `None` for editions themselves.
    fn edition(&self) -> Option<EditionId>;
    /// Up to `limit` rows after a list key.
    fn page(&self, tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<Self::Row>, Problem>;
    /// The rows with these identifiers that exist and are visible to the caller.
    fn by_ids(&self, tx: &mut Tx<'_>, ids: &[SubjectId]) -> Result<Vec<Self::Row>, Problem>;
    /// The list key of a row.
    fn key(row: &Self::Row) -> String;
    /// The identifier of a row.
    fn id(row: &Self::Row) -> SubjectId;
}

/// Reads a page of `list`.
pub fn read_page<M: SyncList>(
    tx: &mut Tx<'_>,
    list: &M,
    wanted: SyncRequest,
    limit: i64,
) -> Result<Mirrored<M::Row>, Problem> {
    // Read before the rows, so that concurrent changes are reported in the next synchronization.
    let now = store::sync_revision(tx, list.edition(), M::KIND)?;
    match wanted {
        SyncRequest::All { after, synced } => {
            let synced = synced.unwrap_or(now);
            let mut items = list.page(tx, &after, limit + 1)?;
            let has_more = truncate(&mut items, limit);
            let next =
                items.last().filter(|_| has_more).map(|last| encode_cursor(&format!("{synced}~{}", M::key(last))));
            Ok(Mirrored { items, deleted: None, next_cursor: next, synced: token(synced) })
        }
        SyncRequest::Since { since, synced } => {
            let synced = synced.unwrap_or(now);
            let mut changed = store::list_changes(tx, list.edition(), M::KIND, since, limit + 1)?;
            let has_more = truncate(&mut changed, limit);
            let cursor =
                |change: &ChangeKey| encode_cursor(&format!("{synced}~{}~{}", change.revision, change.subject));
            let next = changed.last().filter(|_| has_more).map(cursor);
            let ids: Vec<SubjectId> = changed.iter().map(|change| change.subject).collect();
            let items = list.by_ids(tx, &ids)?;
            let existing: HashSet<SubjectId> = items.iter().map(M::id).collect();
            let deleted = ids.into_iter().filter(|id| !existing.contains(id)).collect();
            Ok(Mirrored { items, deleted: Some(deleted), next_cursor: next, synced: token(synced) })
        }
    }
}

impl<T: Serialize + utoipa::ToSchema> Mirrored<T> {
    /// Builds the response with the selected fields and a `Link` header to the next page.
    pub fn into_response(self, req: &HttpRequest, fields: &Fields<T>) -> Result<HttpResponse, Problem> {
        let mut response = HttpResponse::Ok();
        if let Some(cursor) = &self.next_cursor {
            response.insert_header(next_link(req, cursor));
        }
        if fields.is_all() {
            return Ok(response.json(self));
        }
        let items = fields.select_all(&self.items)?;
        let Self { deleted, next_cursor, synced, items: _ } = self;
        Ok(response.json(Mirrored { items, deleted, next_cursor, synced }))
    }
}

fn token(synced: Revision) -> String {
    encode_cursor(&format!("r{synced}"))
}
