//! `/organisers/{organiser}/api-keys`: API keys of partner sites.
use actix_web::{HttpResponse, delete, get, post, web};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::actions::{ManagePlanning, ManageStaff};
use hoicho_core::{
    db::{Tx, lock_name},
    i18n::MessageId,
    values::{
        clock::Instant,
        ids::{ApiKeyId, EditionId, OrganiserId, UserId},
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Code, FieldCode, Items, Problem, Validator, limits::ShortNameText},
    identity::{
        Permit,
        api_keys::{self, ApiKeyRow, KeyScope, OverlapHours},
    },
};

hoicho_web::number_ranges! {
    /// Days until a key expires: at most five years.
    KeyDays i64 1..=1_830,
}
/// Max valid keys per organiser.
const MAX_KEYS: i64 = 100;
/// The same while keys and their successors are both valid.
const MAX_KEYS_DURING_ROTATION: i64 = 200;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateKey {
    /// Purpose of the key: 1 to 100 characters.
    #[schema(value_type = ShortNameText)]
    name: String,
    /// At least one.
    scopes: Vec<KeyScope>,
    /// Limits the key to these editions of the organiser, at most 100; default: all editions.
    #[serde(default)]
    editions: Vec<EditionId>,
    /// Days until the key expires: 1 to 1,830; default: never.
    #[schema(value_type = Option<KeyDays>)]
    expires_in_days: Option<i64>,
}

/// An API key without its secret.
#[derive(Serialize, utoipa::ToSchema)]
struct KeyView {
    /// Names the key in the path; not secret.
    id: ApiKeyId,
    /// Purpose of the key, as the organiser named it.
    name: String,
    /// First characters of the secret, to recognise the key by.
    begins: String,
    /// What requests with the key may do.
    scopes: Vec<KeyScope>,
    /// Empty: all editions of the organiser.
    editions: Vec<EditionId>,
    /// When it expires, RFC 3339 in UTC; `null`: never.
    #[schema(value_type = Option<String>)]
    expires_at: Option<DateTime<Utc>>,
    /// When it was revoked, RFC 3339 in UTC; `null` if it was not.
    #[schema(value_type = Option<String>)]
    revoked_at: Option<DateTime<Utc>>,
    /// Owner who created or rotated it.
    created_by: UserId,
    /// When it was created, RFC 3339 in UTC.
    #[schema(value_type = String)]
    created_at: DateTime<Utc>,
    /// Updated with a delay of a few seconds.
    #[schema(value_type = Option<String>)]
    last_used_at: Option<DateTime<Utc>>,
    /// Number of requests with the key.
    requests: i64,
}

/// An API key with its secret, which cannot be read again.
#[derive(Serialize, utoipa::ToSchema)]
struct NewKeyView {
    /// Value for `Authorization: Bearer`.
    secret: String,
    #[serde(flatten)]
    key: KeyView,
}

fn view(row: ApiKeyRow, scopes: Vec<KeyScope>, editions: Vec<EditionId>) -> KeyView {
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

fn is_valid(row: &ApiKeyRow, now: Instant) -> bool {
    row.revoked_at.is_none() && row.expires_at.is_none_or(|at| at > now)
}

/// Refuses one more key if so many are valid.
fn require_fewer_keys(tx: &mut Tx<'_>, organiser: OrganiserId, max: i64, now: Instant) -> Result<(), Problem> {
    lock_name(tx, &format!("API keys of {organiser}"))?;
    if api_keys::count_valid(tx, organiser, now)? >= max {
        return Err(Problem::new(Code::IllegalStep, MessageId("error-api-key-limit").with_number("max", max)));
    }
    Ok(())
}

/// Creates a key. The secret is only in this response. `Idempotency-Key` is ignored, because the response must not be
/// stored.
///
/// Owners of the organiser. Refused with 409 `illegal_step` with 100 valid keys, and 404 if one of the editions is another
/// organiser's.
#[utoipa::path(
    post,
    path = "/api/v1/organisers/{organiser}/api-keys",
    tag = "organisers",
    security(("session" = [])),
    params(("organiser" = OrganiserId, Path)),
    request_body = CreateKey,
    responses(
        (status = 201, body = NewKeyView),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/organisers/{organiser}/api-keys")]
pub(super) async fn create_key(permit: Permit<ManageStaff>, body: Body<CreateKey>) -> Result<ApiResponse, Problem> {
    let CreateKey { name, mut scopes, mut editions, expires_in_days } = body.into_result()?;
    let mut checks = Validator::default();
    let name = checks.require_text::<ShortNameText>("/name", &name);
    scopes.sort();
    scopes.dedup();
    checks.require(!scopes.is_empty(), "/scopes", FieldCode::Length, MessageId("error-api-key-scope-required"));
    editions.sort();
    editions.dedup();
    checks.require(editions.len() <= 100, "/editions", FieldCode::Length, MessageId("error-edition-list-length"));
    let days = expires_in_days.unwrap_or(1);
    checks.require(
        KeyDays::RANGE.contains(&days),
        "/expires_in_days",
        FieldCode::Range,
        MessageId("error-api-key-expiry-range").with_number("max", *KeyDays::RANGE.end()),
    );
    checks.finish()?;
    permit
        .write(move |tx, authorized| {
            let (organiser, user, now) = (authorized.organiser()?, authorized.require_user()?, authorized.now);
            let owned = api_keys::count_owned_editions(tx, organiser, &editions)?;
            if owned != i64::try_from(editions.len()).unwrap_or(i64::MAX) {
                return Err(Problem::new(Code::NotFound, MessageId("error-edition-of-other-organiser")));
            }
            require_fewer_keys(tx, organiser, MAX_KEYS, now)?;
            let expires_at = expires_in_days.map(|days| now + Duration::days(days));
            let created = api_keys::create(tx, (organiser, user, now), &name, (&scopes, &editions), expires_at)?;
            authorized.record_audit(
                tx,
                AuditAction::ApiKeyCreate,
                created.0.id,
                None,
                Some((&created.0.name, &scopes, &editions)),
            )?;
            render(created, scopes, editions)
        })
        .await
}

fn render(
    (row, secret): (ApiKeyRow, String),
    scopes: Vec<KeyScope>,
    editions: Vec<EditionId>,
) -> Result<ApiResponse, Problem> {
    let path = format!("/organisers/{}/api-keys/{}", row.organiser_id, row.id);
    ApiResponse::created(&path, &NewKeyView { secret, key: view(row, scopes, editions) })
}

/// The keys of an organiser with their usage: those that are valid first, the newest of them first.
///
/// Owners and managers of the organiser. Valid keys come first, then those that were revoked or have expired; without the
/// secrets, which are stored as digests only.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/api-keys",
    tag = "organisers",
    security(("session" = [])),
    params(("organiser" = OrganiserId, Path)),
    responses(
        (status = 200, body = Items<KeyView>),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}/api-keys")]
pub(super) async fn list_keys(permit: Permit<ManagePlanning>) -> Result<HttpResponse, Problem> {
    let items = permit.read(|tx, authorized| {
        let rows = api_keys::list(tx, authorized.organiser()?, authorized.now)?;
        let ids: Vec<ApiKeyId> = rows.iter().map(|r| r.id).collect();
        let (mut scopes, mut editions) = (api_keys::load_scopes(tx, &ids)?, api_keys::load_editions(tx, &ids)?);
        let to_view = |row: ApiKeyRow| {
            let id = row.id;
            view(row, scopes.remove(&id).unwrap_or_default(), editions.remove(&id).unwrap_or_default())
        };
        Ok(Items { items: rows.into_iter().map(to_view).collect::<Vec<_>>() })
    });
    Ok(HttpResponse::Ok().json(items.await?))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct RotateKey {
    /// Hours for which the old key stays valid: 0 to 720; default 24.
    #[schema(value_type = Option<OverlapHours>)]
    overlap_h: Option<i64>,
}

/// The organiser's key, if it is valid.
fn find_valid(tx: &mut Tx<'_>, organiser: OrganiserId, id: ApiKeyId, now: Instant) -> Result<ApiKeyRow, Problem> {
    let row = api_keys::find(tx, organiser, id)?;
    if is_valid(&row, now) { Ok(row) } else { Err(Problem::new(Code::IllegalStep, MessageId("error-api-key-expired"))) }
}

/// Creates a key with the same scopes and editions, and expires the old one after the overlap.
///
/// Owners of the organiser. Refused with 409 `illegal_step` if the key was revoked or has expired, or with 200 valid keys. The
/// secret is only in this response, so `Idempotency-Key` is ignored; the new key is valid for as long as the old one was.
#[utoipa::path(
    post,
    path = "/api/v1/organisers/{organiser}/api-keys/{key}/rotate",
    tag = "organisers",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("key" = ApiKeyId, Path),
    ),
    request_body = RotateKey,
    responses(
        (status = 201, body = NewKeyView),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/organisers/{organiser}/api-keys/{key}/rotate")]
pub(super) async fn rotate_key(
    permit: Permit<ManageStaff>,
    path: web::Path<(OrganiserId, ApiKeyId)>,
    body: Body<RotateKey>,
) -> Result<ApiResponse, Problem> {
    let overlap_h = api_keys::validate_overlap_h(body.into_result()?.overlap_h)?;
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let (organiser, user, now) = (authorized.organiser()?, authorized.require_user()?, authorized.now);
            let old = find_valid(tx, organiser, id, now)?;
            require_fewer_keys(tx, organiser, MAX_KEYS_DURING_ROTATION, now)?;
            let scopes = api_keys::load_scopes(tx, &[id])?.remove(&id).unwrap_or_default();
            let editions = api_keys::load_editions(tx, &[id])?.remove(&id).unwrap_or_default();
            // The same validity as the old key, from now on.
            let expires_at = old.expires_at.map(|at| now + (at - old.created_at));
            let created = api_keys::create(tx, (organiser, user, now), &old.name, (&scopes, &editions), expires_at)?;
            api_keys::expire_at(tx, id, now + Duration::hours(overlap_h))?;
            authorized.record_audit(tx, AuditAction::ApiKeyRotate, id, None, Some(created.0.id))?;
            render(created, scopes, editions)
        })
        .await
}

/// Revokes a key, immediately and on every node.
///
/// Owners of the organiser. It cannot be taken back; revoking again changes nothing.
#[utoipa::path(
    delete,
    path = "/api/v1/organisers/{organiser}/api-keys/{key}",
    tag = "organisers",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("key" = ApiKeyId, Path),
    ),
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
    ),
)]
#[delete("/organisers/{organiser}/api-keys/{key}")]
pub(super) async fn revoke_key(
    permit: Permit<ManageStaff>,
    path: web::Path<(OrganiserId, ApiKeyId)>,
) -> Result<ApiResponse, Problem> {
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let row = api_keys::find(tx, authorized.organiser()?, id)?;
            if api_keys::revoke(tx, id, authorized.now)? {
                authorized.record_audit(tx, AuditAction::ApiKeyRevoke, id, Some(row.name), None)?;
            }
            Ok(ApiResponse::no_content())
        })
        .await
}
