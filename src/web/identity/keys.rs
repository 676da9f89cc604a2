//! Keys of partner sites. A key belongs to an organiser, has scopes and perhaps editions it is limited to, and is looked
//! at inside the very transaction it opens: one that is revoked is over at once, on every node.
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::token;
use crate::http::{Code, Problem};
use hoicho_core::{
    db::{Db, Tx, schema::*},
    i18n::Said,
    on_either,
    values::{
        clock::Instant,
        ids::{ApiKeyId, EditionId, OrganiserId, UserId},
    },
};

/// What every key begins with.
pub const PREFIX: &str = "hc_";
/// Characters of a key that are kept to recognise it by.
const BEGINS: usize = 9;
/// Keys whose use is remembered until it is written down.
const REMEMBERED: usize = 10_000;

hoicho_core::text_enum! {
    /// What a key may do.
    KeyScope {
        /// Editions, drafts too, with floor plan and price list.
        #[serde(rename = "read:editions")]
        #[strum(serialize = "read:editions")]
        ReadEditions,
        /// Exhibitors as their organiser sees them.
        #[serde(rename = "read:exhibitors")]
        #[strum(serialize = "read:exhibitors")]
        ReadExhibitors,
        /// Figures before they are final, sales, visits.
        #[serde(rename = "read:figures")]
        #[strum(serialize = "read:figures")]
        ReadFigures,
        /// Counts at gates.
        #[serde(rename = "write:visits")]
        #[strum(serialize = "write:visits")]
        WriteVisits,
    }
}

/// SHA-256 of a key: all that a request carries on, and all that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyDigest([u8; 32]);

impl KeyDigest {
    /// Of a key as it was sent; `None` for what is none.
    pub fn of(sent: &str) -> Option<Self> {
        sent.starts_with(PREFIX).then(|| Self(Sha256::digest(sent.as_bytes()).into()))
    }
    fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// A key that is good now.
#[derive(Debug, Clone)]
pub struct GoodKey {
    pub id: ApiKeyId,
    pub organiser: OrganiserId,
    pub scopes: Vec<KeyScope>,
    /// Empty: all of the organiser's.
    pub editions: Vec<EditionId>,
}

impl GoodKey {
    /// Whether a thing of this organiser and edition is the key's to touch.
    pub fn covers(&self, organisers: &[OrganiserId], edition: Option<EditionId>) -> bool {
        organisers.first() == Some(&self.organiser)
            && (self.editions.is_empty() || edition.is_some_and(|e| self.editions.contains(&e)))
    }
}

/// A key as it is kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
pub struct KeyRow {
    /// Identifier.
    pub id: ApiKeyId,
    /// Whose.
    pub organiser_id: OrganiserId,
    /// What it is for.
    pub name: String,
    digest: String,
    /// Its first characters.
    pub begins: String,
    /// When it ends by itself.
    pub expires_at: Option<Instant>,
    /// When somebody ended it.
    pub revoked_at: Option<Instant>,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Instant,
    /// When a request last came with it, to a few seconds.
    pub last_used_at: Option<Instant>,
    /// Requests that came with it.
    pub requests: i64,
}

/// The good key of a digest, or 401.
pub(super) fn good(tx: &mut Tx<'_>, digest: KeyDigest, now: Instant) -> Result<GoodKey, Problem> {
    let found: Option<(ApiKeyId, OrganiserId)> = api_keys::table
        .filter(api_keys::digest.eq(digest.text()))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now)))
        .select((api_keys::id, api_keys::organiser_id))
        .get_result(tx.conn())
        .optional()?;
    let Some((id, organiser)) = found else {
        return Err(Problem::new(Code::LoginRequired, Said("this-key-is-not-valid")));
    };
    Ok(GoodKey {
        id,
        organiser,
        scopes: scopes_of(tx, &[id])?.remove(&id).unwrap_or_default(),
        editions: editions_of(tx, &[id])?.remove(&id).unwrap_or_default(),
    })
}

/// Makes a key; the one time that it is known.
pub fn make(
    tx: &mut Tx<'_>,
    (organiser, user, now): (OrganiserId, UserId, Instant),
    name: &str,
    (scopes, editions): (&[KeyScope], &[EditionId]),
    expires_at: Option<Instant>,
) -> Result<(KeyRow, String), Problem> {
    let secret = format!("{PREFIX}{}", token::opaque());
    let digest = KeyDigest::of(&secret).ok_or(Code::Internal)?;
    let row = KeyRow {
        id: ApiKeyId::make(),
        organiser_id: organiser,
        name: name.to_owned(),
        digest: digest.text(),
        begins: secret.chars().take(BEGINS).collect(),
        expires_at,
        revoked_at: None,
        created_by: user,
        created_at: now,
        last_used_at: None,
        requests: 0,
    };
    diesel::insert_into(api_keys::table).values(&row).execute(tx.conn())?;
    let of_scopes: Vec<_> =
        scopes.iter().map(|s| (api_key_scopes::api_key_id.eq(row.id), api_key_scopes::scope.eq(*s))).collect();
    on_either!(tx, |c| diesel::insert_into(api_key_scopes::table).values(&of_scopes).execute(c))?;
    let of_editions: Vec<_> = editions
        .iter()
        .map(|e| (api_key_editions::api_key_id.eq(row.id), api_key_editions::edition_id.eq(*e)))
        .collect();
    if !of_editions.is_empty() {
        on_either!(tx, |c| diesel::insert_into(api_key_editions::table).values(&of_editions).execute(c))?;
    }
    Ok((row, secret))
}

/// The keys of an organiser, the newest first; at most 500.
pub fn of_organiser(tx: &mut Tx<'_>, organiser: OrganiserId) -> QueryResult<Vec<KeyRow>> {
    api_keys::table
        .filter(api_keys::organiser_id.eq(organiser))
        .order(api_keys::id.desc())
        .limit(500)
        .select(KeyRow::as_select())
        .load(tx.conn())
}

/// One key of an organiser.
pub fn find(tx: &mut Tx<'_>, organiser: OrganiserId, id: ApiKeyId) -> QueryResult<KeyRow> {
    api_keys::table
        .find(id)
        .filter(api_keys::organiser_id.eq(organiser))
        .select(KeyRow::as_select())
        .get_result(tx.conn())
}

/// What keys may do.
pub fn scopes_of(tx: &mut Tx<'_>, ids: &[ApiKeyId]) -> QueryResult<HashMap<ApiKeyId, Vec<KeyScope>>> {
    let rows: Vec<(ApiKeyId, KeyScope)> = api_key_scopes::table
        .filter(api_key_scopes::api_key_id.eq_any(ids))
        .order((api_key_scopes::api_key_id, api_key_scopes::scope))
        .select((api_key_scopes::api_key_id, api_key_scopes::scope))
        .load(tx.conn())?;
    let mut of: HashMap<ApiKeyId, Vec<KeyScope>> = HashMap::new();
    rows.into_iter().for_each(|(id, scope)| of.entry(id).or_default().push(scope));
    Ok(of)
}

/// Which editions keys are limited to; those that are not are not in the map.
pub fn editions_of(tx: &mut Tx<'_>, ids: &[ApiKeyId]) -> QueryResult<HashMap<ApiKeyId, Vec<EditionId>>> {
    let rows: Vec<(ApiKeyId, EditionId)> = api_key_editions::table
        .filter(api_key_editions::api_key_id.eq_any(ids))
        .order((api_key_editions::api_key_id, api_key_editions::edition_id))
        .select((api_key_editions::api_key_id, api_key_editions::edition_id))
        .load(tx.conn())?;
    let mut of: HashMap<ApiKeyId, Vec<EditionId>> = HashMap::new();
    rows.into_iter().for_each(|(id, edition)| of.entry(id).or_default().push(edition));
    Ok(of)
}

/// How many of these editions are the organiser's.
pub fn editions_owned(tx: &mut Tx<'_>, organiser: OrganiserId, ids: &[EditionId]) -> QueryResult<i64> {
    let own = editions::table.filter(editions::id.eq_any(ids)).filter(editions::organiser_id.eq(organiser));
    own.count().get_result(tx.conn())
}

/// Ends a key at `at`, unless it ends before that anyway.
pub fn end_by(tx: &mut Tx<'_>, id: ApiKeyId, at: Instant) -> QueryResult<usize> {
    let later = api_keys::expires_at.is_null().or(api_keys::expires_at.gt(at));
    diesel::update(api_keys::table.find(id).filter(later)).set(api_keys::expires_at.eq(at)).execute(tx.conn())
}

/// Revokes a key at once; tells whether it was good until now.
pub fn revoke(tx: &mut Tx<'_>, id: ApiKeyId, now: Instant) -> QueryResult<bool> {
    let unrevoked = api_keys::table.find(id).filter(api_keys::revoked_at.is_null());
    Ok(diesel::update(unrevoked).set(api_keys::revoked_at.eq(now)).execute(tx.conn())? == 1)
}

/// How often keys were used, until it is written down: a request must not wait for that.
#[derive(Default)]
pub struct Uses(Mutex<HashMap<KeyDigest, (i64, Instant)>>);

impl Uses {
    /// Notes a request with a key.
    pub fn note(&self, digest: KeyDigest, now: Instant) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Keys that are none could fill this; the real ones come again.
        if uses.len() >= REMEMBERED && !uses.contains_key(&digest) {
            return;
        }
        let of = uses.entry(digest).or_insert((0, now));
        *of = (of.0.saturating_add(1), now);
    }

    /// Writes down what was noted; returns how many keys it was.
    pub async fn write(&self, db: &Db) -> Result<usize, Problem> {
        let noted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if noted.is_empty() {
            return Ok(0);
        }
        db.write(move |tx| {
            let mut keys = 0;
            // In one order everywhere, so that two nodes cannot wait for each other.
            let mut noted: Vec<(String, i64, Instant)> =
                noted.into_iter().map(|(digest, (count, last))| (digest.text(), count, last)).collect();
            noted.sort();
            for (digest, count, last) in noted {
                keys += diesel::update(api_keys::table.filter(api_keys::digest.eq(digest)))
                    .set((api_keys::requests.eq(api_keys::requests + count), api_keys::last_used_at.eq(last)))
                    .execute(tx.conn())?;
            }
            Ok::<_, Problem>(keys)
        })
        .await
    }
}
