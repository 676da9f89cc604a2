//! API keys of partner sites. A key belongs to an organiser, has scopes and may be limited to editions. It is verified
//! in the transaction of the request, so revoking it takes effect immediately on every node.
use std::collections::{HashMap, HashSet};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use diesel::prelude::*;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::{resource::ResourceOwners, token};
use crate::http::{Code, FieldCode, Problem, Validator};
use hoicho_core::{
    db::{Database, MAX_IDS_PER_STATEMENT, Tx, schema::*},
    i18n::MessageId,
    on_either,
    values::{
        clock::Instant,
        ids::{ApiKeyId, EditionId, OrganiserId, UserId},
    },
};

/// Prefix of every key; tells keys from access tokens.
pub const PREFIX: &str = "hc_";
/// Characters of a key that are stored in clear, to recognise it by.
const VISIBLE_CHARS: usize = 9;
/// Max keys with usage counts in memory.
const MAX_COUNTED_KEYS: usize = 10_000;
/// Hours for which a rotated key or signing secret stays valid, unless the request says otherwise.
const DEFAULT_OVERLAP_H: i64 = 24;
crate::number_ranges! {
    /// Hours for which a rotated key or signing secret stays valid.
    OverlapHours i64 0..=720,
}

/// Hours for which a rotated key or signing secret stays valid, as requested in the field `overlap_h`.
///
/// # Errors
/// `invalid` if the number is out of range.
pub fn validate_overlap_h(requested: Option<i64>) -> Result<i64, Problem> {
    let overlap_h = requested.unwrap_or(DEFAULT_OVERLAP_H);
    let mut checks = Validator::default();
    checks.require(
        OverlapHours::RANGE.contains(&overlap_h),
        "/overlap_h",
        FieldCode::Range,
        MessageId("error-overlap-range").with_number("max", *OverlapHours::RANGE.end()),
    );
    checks.finish()?;
    Ok(overlap_h)
}

hoicho_core::text_enum! {
    /// What a key may do.
    KeyScope {
        /// Editions, drafts too, with floor plan and price list.
        ReadEditions = "read:editions",
        /// Exhibitors as their organiser sees them.
        ReadExhibitors = "read:exhibitors",
        /// Figures before they are final, sales, visits.
        ReadFigures = "read:figures",
        /// Gates with their names, for devices that count.
        ReadGates = "read:gates",
        /// What happened, typed as webhooks are.
        ReadEvents = "read:events",
        /// Counts at gates.
        WriteVisits = "write:visits",
    }
}

/// SHA-256 of a key. The key itself is neither stored nor passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ApiKeyDigest([u8; 32]);

impl ApiKeyDigest {
    /// The digest of a bearer token; `None` for one that has not the form of a key.
    pub fn from_token(sent: &str) -> Option<Self> {
        sent.strip_prefix(PREFIX).filter(|secret| token::is_opaque(secret))?;
        Some(Self(Sha256::digest(sent.as_bytes()).into()))
    }
    fn to_base64(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// A valid key: neither revoked nor expired.
#[derive(Debug, Clone)]
pub struct ValidKey {
    pub id: ApiKeyId,
    pub organiser: OrganiserId,
    pub scopes: Vec<KeyScope>,
    /// Empty: all editions of the organiser.
    pub editions: Vec<EditionId>,
}

impl ValidKey {
    /// Whether the key applies to a resource: its organiser's staff reads it, and it is of an edition of the key.
    pub fn covers(&self, owners: &ResourceOwners) -> bool {
        owners.readable_by_staff_of().contains(&self.organiser)
            && (self.editions.is_empty() || owners.edition.is_some_and(|e| self.editions.contains(&e)))
    }
}

/// A stored key.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
pub struct ApiKeyRow {
    /// Identifier.
    pub id: ApiKeyId,
    /// Owner.
    pub organiser_id: OrganiserId,
    /// Name given by the organiser.
    pub name: String,
    digest: String,
    /// Its first characters.
    pub begins: String,
    /// Expiry; `None`: never.
    pub expires_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
    /// User who created it.
    pub created_by: UserId,
    /// Creation time.
    pub created_at: Instant,
    /// Time of the last request with it, a few seconds late.
    pub last_used_at: Option<Instant>,
    /// Number of requests with it.
    pub requests: i64,
}

/// The valid key of a digest.
///
/// # Errors
/// [`Code::LoginRequired`] for an unknown, revoked or expired key.
pub(super) fn find_valid(tx: &mut Tx<'_>, digest: ApiKeyDigest, now: Instant) -> Result<ValidKey, Problem> {
    let row: Option<(ApiKeyId, OrganiserId)> = api_keys::table
        .filter(api_keys::digest.eq(digest.to_base64()))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now)))
        .select((api_keys::id, api_keys::organiser_id))
        .get_result(tx.conn())
        .optional()?;
    let Some((id, organiser)) = row else {
        return Err(Problem::new(Code::LoginRequired, MessageId("error-invalid-api-key")));
    };
    Ok(ValidKey {
        id,
        organiser,
        scopes: load_scopes(tx, &[id])?.remove(&id).unwrap_or_default(),
        editions: load_editions(tx, &[id])?.remove(&id).unwrap_or_default(),
    })
}

/// Creates a key; the returned secret cannot be read again.
pub fn create(
    tx: &mut Tx<'_>,
    (organiser, user, now): (OrganiserId, UserId, Instant),
    name: &str,
    (scopes, editions): (&[KeyScope], &[EditionId]),
    expires_at: Option<Instant>,
) -> Result<(ApiKeyRow, String), Problem> {
    let secret = format!("{PREFIX}{}", token::generate_opaque());
    let digest = ApiKeyDigest::from_token(&secret).ok_or(Code::Internal)?;
    let row = ApiKeyRow {
        id: ApiKeyId::make(),
        organiser_id: organiser,
        name: name.to_owned(),
        digest: digest.to_base64(),
        begins: secret.chars().take(VISIBLE_CHARS).collect(),
        expires_at,
        revoked_at: None,
        created_by: user,
        created_at: now,
        last_used_at: None,
        requests: 0,
    };
    diesel::insert_into(api_keys::table).values(&row).execute(tx.conn())?;
    let scope_rows: Vec<_> =
        scopes.iter().map(|s| (api_key_scopes::api_key_id.eq(row.id), api_key_scopes::scope.eq(*s))).collect();
    on_either!(tx, |c| diesel::insert_into(api_key_scopes::table).values(&scope_rows).execute(c))?;
    let edition_rows: Vec<_> = editions
        .iter()
        .map(|e| (api_key_editions::api_key_id.eq(row.id), api_key_editions::edition_id.eq(*e)))
        .collect();
    if !edition_rows.is_empty() {
        on_either!(tx, |c| diesel::insert_into(api_key_editions::table).values(&edition_rows).execute(c))?;
    }
    Ok((row, secret))
}

/// Number of valid keys of an organiser.
pub fn count_valid(tx: &mut Tx<'_>, organiser: OrganiserId, now: Instant) -> QueryResult<i64> {
    api_keys::table.filter(api_keys::organiser_id.eq(organiser)).filter(valid(now)).count().get_result(tx.conn())
}

#[diesel::dsl::auto_type]
fn valid(now: Instant) -> _ {
    api_keys::revoked_at.is_null().and(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now)))
}

/// The keys of an organiser, the valid ones first and of each the newest; at most 500, which is more than can be valid.
pub fn list(tx: &mut Tx<'_>, organiser: OrganiserId, now: Instant) -> QueryResult<Vec<ApiKeyRow>> {
    api_keys::table
        .filter(api_keys::organiser_id.eq(organiser))
        .order((valid(now).desc(), api_keys::id.desc()))
        .limit(500)
        .select(ApiKeyRow::as_select())
        .load(tx.conn())
}

/// One key of an organiser.
pub fn find(tx: &mut Tx<'_>, organiser: OrganiserId, id: ApiKeyId) -> QueryResult<ApiKeyRow> {
    api_keys::table
        .find(id)
        .filter(api_keys::organiser_id.eq(organiser))
        .select(ApiKeyRow::as_select())
        .get_result(tx.conn())
}

/// The scopes of keys.
pub fn load_scopes(tx: &mut Tx<'_>, ids: &[ApiKeyId]) -> QueryResult<HashMap<ApiKeyId, Vec<KeyScope>>> {
    let rows: Vec<(ApiKeyId, KeyScope)> = api_key_scopes::table
        .filter(api_key_scopes::api_key_id.eq_any(ids))
        .order((api_key_scopes::api_key_id, api_key_scopes::scope))
        .select((api_key_scopes::api_key_id, api_key_scopes::scope))
        .load(tx.conn())?;
    let mut by_key: HashMap<ApiKeyId, Vec<KeyScope>> = HashMap::new();
    rows.into_iter().for_each(|(id, scope)| by_key.entry(id).or_default().push(scope));
    Ok(by_key)
}

/// The editions keys are limited to; keys without a limit are not in the map.
pub fn load_editions(tx: &mut Tx<'_>, ids: &[ApiKeyId]) -> QueryResult<HashMap<ApiKeyId, Vec<EditionId>>> {
    let rows: Vec<(ApiKeyId, EditionId)> = api_key_editions::table
        .filter(api_key_editions::api_key_id.eq_any(ids))
        .order((api_key_editions::api_key_id, api_key_editions::edition_id))
        .select((api_key_editions::api_key_id, api_key_editions::edition_id))
        .load(tx.conn())?;
    let mut by_key: HashMap<ApiKeyId, Vec<EditionId>> = HashMap::new();
    rows.into_iter().for_each(|(id, edition)| by_key.entry(id).or_default().push(edition));
    Ok(by_key)
}

/// The number of these editions that belong to the organiser.
pub fn count_owned_editions(tx: &mut Tx<'_>, organiser: OrganiserId, ids: &[EditionId]) -> QueryResult<i64> {
    let owned = editions::table.filter(editions::id.eq_any(ids)).filter(editions::organiser_id.eq(organiser));
    owned.count().get_result(tx.conn())
}

/// Sets the expiry of a key to `at`, unless it expires earlier.
pub fn expire_at(tx: &mut Tx<'_>, id: ApiKeyId, at: Instant) -> QueryResult<usize> {
    let expires_later = api_keys::expires_at.is_null().or(api_keys::expires_at.gt(at));
    diesel::update(api_keys::table.find(id).filter(expires_later)).set(api_keys::expires_at.eq(at)).execute(tx.conn())
}

/// Revokes a key; `false` if it was revoked already.
pub fn revoke(tx: &mut Tx<'_>, id: ApiKeyId, now: Instant) -> QueryResult<bool> {
    let unrevoked = api_keys::table.find(id).filter(api_keys::revoked_at.is_null());
    Ok(diesel::update(unrevoked).set(api_keys::revoked_at.eq(now)).execute(tx.conn())? == 1)
}

/// The entries whose digest belongs to a stored key.
fn retain_known(tx: &mut Tx<'_>, mut counts: Vec<(String, i64, Instant)>) -> QueryResult<Vec<(String, i64, Instant)>> {
    let mut known: HashSet<String> = HashSet::new();
    for part in counts.chunks(MAX_IDS_PER_STATEMENT) {
        let digests = part.iter().map(|(digest, ..)| digest);
        let stored = api_keys::table.filter(api_keys::digest.eq_any(digests)).select(api_keys::digest);
        known.extend(stored.load::<String>(tx.conn())?);
    }
    counts.retain(|(digest, ..)| known.contains(digest));
    Ok(counts)
}

/// Usage counts of keys in memory, flushed by a background job so that requests do not wait for the write.
#[derive(Default)]
pub struct UsageCounts(Mutex<HashMap<ApiKeyDigest, (i64, Instant)>>);

impl UsageCounts {
    /// Counts a request with a key.
    pub fn increment(&self, digest: ApiKeyDigest, now: Instant) {
        let mut uses = self.0.lock();
        // Digests are not verified here: made-up keys could fill the map. Counts may therefore be incomplete.
        if uses.len() >= MAX_COUNTED_KEYS && !uses.contains_key(&digest) {
            return;
        }
        let count = uses.entry(digest).or_insert((0, now));
        *count = (count.0.saturating_add(1), now);
    }

    /// Flushes the counts to the database; returns the number of keys updated.
    pub async fn flush(&self, db: &Database) -> Result<usize, Problem> {
        let pending = std::mem::take(&mut *self.0.lock());
        if pending.is_empty() {
            return Ok(0);
        }
        let mut pending: Vec<(String, i64, Instant)> =
            pending.into_iter().map(|(digest, (count, last))| (digest.to_base64(), count, last)).collect();
        // Sorted, so that two nodes lock the rows in the same order and cannot deadlock.
        pending.sort();
        // Made-up keys are sorted out by a read, so that they cost no write.
        let known = db.read(move |tx| retain_known(tx, pending).map_err(Problem::from)).await?;
        if known.is_empty() {
            return Ok(0);
        }
        db.write(move |tx| {
            let mut updated = 0;
            for (digest, count, last) in known {
                updated += diesel::update(api_keys::table.filter(api_keys::digest.eq(digest)))
                    .set((api_keys::requests.eq(api_keys::requests + count), api_keys::last_used_at.eq(last)))
                    .execute(tx.conn())?;
            }
            Ok::<_, Problem>(updated)
        })
        .await
    }
}

/// Authorizes what only keys with the scope `needs` may do, `None`: no key; returns the key.
///
/// # Errors
/// [`Code::LoginRequired`] for an invalid key. [`Code::Forbidden`] for one that lacks the scope, which the detail names. [`Code::NotFound`]
/// for what neither the public nor the key may know of.
pub(super) fn authorize(
    tx: &mut Tx<'_>,
    key: ApiKeyDigest,
    now: Instant,
    (owners, needs): (&ResourceOwners, Option<KeyScope>),
) -> Result<ApiKeyId, Problem> {
    let key = find_valid(tx, key, now)?;
    let covers = key.covers(owners);
    if !covers && !owners.public {
        return Err(Code::NotFound.into());
    }
    match needs {
        Some(scope) if covers && key.scopes.contains(&scope) => Ok(key.id),
        Some(scope) if covers => {
            let message = MessageId("error-missing-scope").with_args(&[("scope", &scope)]).localize();
            Err(Problem::new(Code::Forbidden, message))
        }
        Some(_) => Err(Code::Forbidden.into()),
        None => Err(Problem::new(Code::Forbidden, MessageId("error-not-with-a-key"))),
    }
}

/// The editions of an organiser of which a key lists drafts too; `None`: of no edition, an empty list: of all.
///
/// # Errors
/// [`Code::LoginRequired`] for an invalid key.
pub fn find_listed_editions(
    tx: &mut Tx<'_>,
    key: ApiKeyDigest,
    now: Instant,
    organiser: OrganiserId,
) -> Result<Option<Vec<EditionId>>, Problem> {
    let key = find_valid(tx, key, now)?;
    let reads = key.organiser == organiser && key.scopes.contains(&KeyScope::ReadEditions);
    Ok(reads.then_some(key.editions))
}
