//! `/organisers/{organiser}/api-keys`: keys of partner sites.
use actix_web::{HttpResponse, delete, get, post, web};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{ManageStaff, Plan};
use hoicho_core::{
    db::Tx,
    i18n::Said,
    values::{
        clock::Instant,
        ids::{ApiKeyId, EditionId, OrganiserId, UserId},
    },
};
use hoicho_web::{
    http::{Answer, Body, Checks, Code, Items, Problem},
    identity::{
        Permit,
        keys::{self, KeyRow, KeyScope},
    },
};

/// Days a key may be good for.
const MOST_DAYS: i64 = 1_830;
/// Keys an organiser may have that are good.
const MOST_KEYS: usize = 100;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateKey {
    /// What it is for: 1 to 100 characters.
    name: String,
    /// At least one.
    scopes: Vec<KeyScope>,
    /// Only these editions of the organiser; all of them unless told. At most 100.
    #[serde(default)]
    editions: Vec<EditionId>,
    /// Days until it ends by itself: 1 to 1,830; never unless told.
    expires_in_days: Option<i64>,
}

/// A key, without its secret.
#[derive(Serialize, utoipa::ToSchema)]
struct KeyView {
    id: ApiKeyId,
    name: String,
    /// Its first characters, to recognise it by.
    begins: String,
    scopes: Vec<KeyScope>,
    /// Empty: all of the organiser's.
    editions: Vec<EditionId>,
    #[schema(value_type = Option<String>)]
    expires_at: Option<DateTime<Utc>>,
    #[schema(value_type = Option<String>)]
    revoked_at: Option<DateTime<Utc>>,
    created_by: UserId,
    #[schema(value_type = String)]
    created_at: DateTime<Utc>,
    /// To a few seconds.
    #[schema(value_type = Option<String>)]
    last_used_at: Option<DateTime<Utc>>,
    /// Requests that came with it.
    requests: i64,
}

/// A key with its secret, which is shown this once.
#[derive(Serialize, utoipa::ToSchema)]
struct NewKeyView {
    /// For `Authorization: Bearer`.
    secret: String,
    #[serde(flatten)]
    key: KeyView,
}

fn view(row: KeyRow, scopes: Vec<KeyScope>, editions: Vec<EditionId>) -> KeyView {
    KeyView {
        id: row.id,
        name: row.name,
        begins: row.begins,
        scopes,
        editions,
        expires_at: row.expires_at.map(|at| at.and_utc()),
        revoked_at: row.revoked_at.map(|at| at.and_utc()),
        created_by: row.created_by,
        created_at: row.created_at.and_utc(),
        last_used_at: row.last_used_at.map(|at| at.and_utc()),
        requests: row.requests,
    }
}

fn is_good(row: &KeyRow, now: Instant) -> bool {
    row.revoked_at.is_none() && row.expires_at.is_none_or(|at| at > now)
}

/// Makes a key. Its secret is in this answer and nowhere else, so an `Idempotency-Key` is not heeded: no answer is kept.
#[utoipa::path(post, path = "/api/v1/organisers/{organiser}/api-keys", tag = "organisers", params(("organiser" = OrganiserId, Path)), request_body = CreateKey, responses((status = 201, body = NewKeyView), (status = 403), (status = 404), (status = 409), (status = 422)))]
#[post("/organisers/{organiser}/api-keys")]
pub(super) async fn create_key(permit: Permit<ManageStaff>, body: Body<CreateKey>) -> Result<Answer, Problem> {
    let CreateKey { name, mut scopes, mut editions, expires_in_days } = body.get()?;
    let mut checks = Checks::default();
    let name = checks.text("/name", &name, 100);
    scopes.sort();
    scopes.dedup();
    checks.that(!scopes.is_empty(), "/scopes", "length", Said("a-key-needs-a-scope"));
    editions.sort();
    editions.dedup();
    checks.that(editions.len() <= 100, "/editions", "length", Said("at-most-100-editions"));
    let days = expires_in_days.unwrap_or(1);
    checks.that((1..=MOST_DAYS).contains(&days), "/expires_in_days", "range", Said("a-key-lasts-1-to-1830-days"));
    checks.done()?;
    permit
        .write(move |tx, granted| {
            let (organiser, user, now) = (granted.organiser()?, granted.actor()?, granted.now);
            let of = keys::editions_owned(tx, organiser, &editions)?;
            if of != i64::try_from(editions.len()).unwrap_or(i64::MAX) {
                return Err(Problem::new(Code::NotFound, Said("one-of-the-editions-is-not-the-organisers")));
            }
            if keys::of_organiser(tx, organiser)?.iter().filter(|k| is_good(k, now)).count() >= MOST_KEYS {
                return Err(Problem::new(Code::IllegalStep, Said("an-organiser-has-at-most-100-keys")));
            }
            let expires_at = expires_in_days.map(|days| now + Duration::days(days));
            let made = keys::make(tx, (organiser, user, now), &name, (&scopes, &editions), expires_at)?;
            granted.audit(tx, "api_key.create", made.0.id, None, Some((&made.0.name, &scopes, &editions)))?;
            shown(made, scopes, editions)
        })
        .await
}

fn shown((row, secret): (KeyRow, String), scopes: Vec<KeyScope>, editions: Vec<EditionId>) -> Result<Answer, Problem> {
    Answer::created(&NewKeyView { secret, key: view(row, scopes, editions) })
}

/// The keys of an organiser with their use, the newest first.
#[utoipa::path(get, path = "/api/v1/organisers/{organiser}/api-keys", tag = "organisers", params(("organiser" = OrganiserId, Path)), responses((status = 200, body = Items<KeyView>), (status = 404)))]
#[get("/organisers/{organiser}/api-keys")]
pub(super) async fn list_keys(permit: Permit<Plan>) -> Result<HttpResponse, Problem> {
    let found = permit.read(|tx, granted| {
        let rows = keys::of_organiser(tx, granted.organiser()?)?;
        let ids: Vec<ApiKeyId> = rows.iter().map(|r| r.id).collect();
        let (mut scopes, mut editions) = (keys::scopes_of(tx, &ids)?, keys::editions_of(tx, &ids)?);
        let shown = |row: KeyRow| {
            let id = row.id;
            view(row, scopes.remove(&id).unwrap_or_default(), editions.remove(&id).unwrap_or_default())
        };
        Ok(Items { items: rows.into_iter().map(shown).collect::<Vec<_>>() })
    });
    Ok(HttpResponse::Ok().json(found.await?))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct RotateKey {
    /// Hours for which the old one stays good: 0 to 720; 24 unless told.
    overlap_h: Option<i64>,
}

/// A good key of this organiser.
fn good_key(tx: &mut Tx<'_>, organiser: OrganiserId, id: ApiKeyId, now: Instant) -> Result<KeyRow, Problem> {
    let row = keys::find(tx, organiser, id)?;
    if is_good(&row, now) { Ok(row) } else { Err(Problem::new(Code::IllegalStep, Said("this-key-is-over"))) }
}

/// Makes a key that may do what this one may, and ends this one when the overlap is over.
#[utoipa::path(post, path = "/api/v1/organisers/{organiser}/api-keys/{key}/rotate", tag = "organisers", params(("organiser" = OrganiserId, Path), ("key" = ApiKeyId, Path)), request_body = RotateKey, responses((status = 201, body = NewKeyView), (status = 403), (status = 404), (status = 409), (status = 422)))]
#[post("/organisers/{organiser}/api-keys/{key}/rotate")]
pub(super) async fn rotate_key(
    permit: Permit<ManageStaff>,
    path: web::Path<(OrganiserId, ApiKeyId)>,
    body: Body<RotateKey>,
) -> Result<Answer, Problem> {
    let overlap_h = body.get()?.overlap_h.unwrap_or(24);
    let mut checks = Checks::default();
    checks.that((0..=720).contains(&overlap_h), "/overlap_h", "range", Said("an-overlap-is-0-to-720-hours"));
    checks.done()?;
    let id = path.1;
    permit
        .write(move |tx, granted| {
            let (organiser, user, now) = (granted.organiser()?, granted.actor()?, granted.now);
            let old = good_key(tx, organiser, id, now)?;
            let scopes = keys::scopes_of(tx, &[id])?.remove(&id).unwrap_or_default();
            let editions = keys::editions_of(tx, &[id])?.remove(&id).unwrap_or_default();
            // It lasts as long from now as the old one was made for.
            let expires_at = old.expires_at.map(|at| now + (at - old.created_at));
            let made = keys::make(tx, (organiser, user, now), &old.name, (&scopes, &editions), expires_at)?;
            keys::end_by(tx, id, now + Duration::hours(overlap_h))?;
            granted.audit(tx, "api_key.rotate", id, None, Some(made.0.id))?;
            shown(made, scopes, editions)
        })
        .await
}

/// Revokes a key, at once and on every node.
#[utoipa::path(delete, path = "/api/v1/organisers/{organiser}/api-keys/{key}", tag = "organisers", params(("organiser" = OrganiserId, Path), ("key" = ApiKeyId, Path)), responses((status = 204), (status = 403), (status = 404)))]
#[delete("/organisers/{organiser}/api-keys/{key}")]
pub(super) async fn revoke_key(
    permit: Permit<ManageStaff>,
    path: web::Path<(OrganiserId, ApiKeyId)>,
) -> Result<Answer, Problem> {
    let id = path.1;
    permit
        .write(move |tx, granted| {
            let row = keys::find(tx, granted.organiser()?, id)?;
            if keys::revoke(tx, id, granted.now)? {
                granted.audit(tx, "api_key.revoke", id, Some(row.name), None)?;
            }
            Ok(Answer::no_content())
        })
        .await
}
