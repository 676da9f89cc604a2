//! Lists that a mirror follows: whole at first, then only what changed.
//!
//! Every page says `synced`. A mirror that has read a list to its end sends the `synced` of it as `updated_since` the
//! next time and is told what changed, with `deleted` for what is no longer there. All pages of one reading say the same
//! `synced`, that of the first: what changed while the pages were read is told the next time.
use std::collections::HashSet;

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::{
    Kind, Revision,
    store::{self, Seen, Since},
};
use crate::http::{
    Code, Problem,
    fields::Fields,
    page::{PageQuery, cut, decode, encode, link},
};
use hoicho_core::{
    db::Tx,
    i18n::Said,
    values::ids::{EditionId, SubjectId},
};

/// What a mirror asks for.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Everything, from after this key of the list on.
    All {
        /// Empty for the first page.
        after: String,
        /// Of the first page, once there was one.
        synced: Option<Revision>,
    },
    /// What changed.
    Since {
        /// From where on.
        since: Since,
        /// Of the first page, once there was one.
        synced: Option<Revision>,
    },
}

fn bad_token() -> Problem {
    Problem::new(Code::BadRequest, Said("this-updated-since-is-not-a-synced"))
}

fn bad_cursor() -> Problem {
    Problem::new(Code::BadRequest, Said("this-cursor-is-not-one-we-gave"))
}

fn revision(text: &str) -> Option<Revision> {
    text.parse().ok().filter(|r| *r >= 0).map(Revision)
}

/// Reads `updated_since` and `cursor`.
pub fn ask(query: &PageQuery, updated_since: Option<&str>) -> Result<Wanted, Problem> {
    let cursor = query.after()?;
    let Some(token) = updated_since else {
        if cursor.is_empty() {
            return Ok(Wanted::All { after: cursor, synced: None });
        }
        let (synced, after) = cursor.split_once('~').ok_or_else(bad_cursor)?;
        let synced = revision(synced).ok_or_else(bad_cursor)?;
        return Ok(Wanted::All { after: after.to_owned(), synced: Some(synced) });
    };
    let from = decode(token).and_then(|t| revision(t.strip_prefix('r')?)).ok_or_else(bad_token)?;
    if cursor.is_empty() {
        return Ok(Wanted::Since { since: Since::Revision(from), synced: None });
    }
    let parts: Vec<&str> = cursor.split('~').collect();
    let [synced, at, subject] = parts.as_slice() else { return Err(bad_cursor()) };
    let read = || {
        let seen = Seen { revision: revision(at)?, subject: subject.parse().ok()? };
        Some((revision(synced)?, seen))
    };
    let (synced, seen) = read().ok_or_else(bad_cursor)?;
    Ok(Wanted::Since { since: Since::After(seen), synced: Some(synced) })
}

/// A page of a list that can be mirrored.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Mirrored<T> {
    /// The rows: all of them, or those that changed.
    pub items: Vec<T>,
    /// With `updated_since`: identifiers of what is no longer there. Some may never have been seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Vec<SubjectId>>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Send this as `updated_since` the next time, once all pages are read.
    pub synced: String,
}

/// A list that can be mirrored.
pub trait Mirror {
    /// A row as it is shown.
    type Row: Serialize;
    /// The kind of thing.
    const KIND: Kind;
    /// In which edition; `None` for editions themselves.
    fn edition(&self) -> Option<EditionId>;
    /// Rows after a key of the list, at most as many as told.
    fn page(&self, tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<Self::Row>, Problem>;
    /// Those of these that are there, as far as the caller may see.
    fn by_ids(&self, tx: &mut Tx<'_>, ids: &[SubjectId]) -> Result<Vec<Self::Row>, Problem>;
    /// A row's key in the list.
    fn key(row: &Self::Row) -> String;
    /// A row's identifier.
    fn id(row: &Self::Row) -> SubjectId;
}

/// Reads a page of `list`.
pub fn read<M: Mirror>(tx: &mut Tx<'_>, list: &M, wanted: Wanted, limit: i64) -> Result<Mirrored<M::Row>, Problem> {
    // Before the rows, so that whatever changes meanwhile is told the next time.
    let now = store::synced(tx, list.edition(), M::KIND)?;
    match wanted {
        Wanted::All { after, synced } => {
            let synced = synced.unwrap_or(now);
            let mut items = list.page(tx, &after, limit + 1)?;
            let more = cut(&mut items, limit);
            let next = items.last().filter(|_| more).map(|last| encode(&format!("{synced}~{}", M::key(last))));
            Ok(Mirrored { items, deleted: None, next_cursor: next, synced: token(synced) })
        }
        Wanted::Since { since, synced } => {
            let synced = synced.unwrap_or(now);
            let mut changed = store::since(tx, list.edition(), M::KIND, since, limit + 1)?;
            let more = cut(&mut changed, limit);
            let place = |seen: &Seen| encode(&format!("{synced}~{}~{}", seen.revision, seen.subject));
            let next = changed.last().filter(|_| more).map(place);
            let ids: Vec<SubjectId> = changed.iter().map(|seen| seen.subject).collect();
            let items = list.by_ids(tx, &ids)?;
            let there: HashSet<SubjectId> = items.iter().map(M::id).collect();
            let deleted = ids.into_iter().filter(|id| !there.contains(id)).collect();
            Ok(Mirrored { items, deleted: Some(deleted), next_cursor: next, synced: token(synced) })
        }
    }
}

impl<T: Serialize + utoipa::ToSchema> Mirrored<T> {
    /// The answer, with only the fields that are wanted and a `Link` to the next page.
    pub fn answer(self, req: &HttpRequest, fields: &Fields<T>) -> Result<HttpResponse, Problem> {
        let mut response = HttpResponse::Ok();
        if let Some(cursor) = &self.next_cursor {
            response.insert_header(link(req, cursor));
        }
        if fields.is_all() {
            return Ok(response.json(self));
        }
        let items = fields.of_all(&self.items)?;
        let Self { deleted, next_cursor, synced, items: _ } = self;
        Ok(response.json(Mirrored { items, deleted, next_cursor, synced }))
    }
}

fn token(synced: Revision) -> String {
    encode(&format!("r{synced}"))
}
