//! Idempotency keys: a `POST` with an `Idempotency-Key` is executed once, and a retry of the same request gets the stored
//! response. Key and response are stored in the transaction of the change itself.
use actix_web::{
    HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{Method, header::HeaderValue},
    middleware::Next,
    web::{Bytes, BytesMut},
};
use chrono::Duration;
use diesel::prelude::*;
use futures_util::{StreamExt, stream};

use super::{body_timeout, code::Code, etag, problem::Problem, response::ApiResponse, size_limits::MAX_BUFFERED_BYTES};
use hoicho_core::{
    db::{Tx, schema::idempotency_keys},
    i18n::MessageId,
    on_either,
    values::{clock::Instant, ids::UserId},
};

/// Retention of stored responses in hours.
const TTL_HOURS: i64 = 24;

/// An idempotency key with a digest of the request.
#[derive(Debug, Clone)]
pub struct IdempotentRequest {
    key: String,
    digest: String,
}

impl IdempotentRequest {
    /// The key and digest that [`middleware`] attached to the request, if it has an `Idempotency-Key`.
    pub fn from_request(req: &HttpRequest) -> Option<Self> {
        req.extensions().get::<Self>().cloned()
    }
}

/// Parses a key: 1 to 255 visible ASCII characters; `None` if it is invalid.
pub fn parse_key(header: &HeaderValue) -> Option<&str> {
    header.to_str().ok().filter(|key| (1..=255).contains(&key.len()))
}

fn invalid_key() -> Problem {
    Problem::new(Code::BadRequest, MessageId("error-invalid-idempotency-key"))
}

/// Middleware that buffers a `POST` with an idempotency key and attaches the key and the digest of path, query and body.
pub async fn middleware(mut req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let Some(key) = req.headers().get("idempotency-key").filter(|_| req.method() == Method::POST).cloned() else {
        return next.call(req).await;
    };
    let Some(key) = self::parse_key(&key) else {
        return Ok(req.error_response(invalid_key()));
    };
    let mut payload = req.take_payload();
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(error) => return Ok(req.error_response(body_timeout::to_problem(&error))),
        };
        if body.len() + chunk.len() > MAX_BUFFERED_BYTES {
            return Ok(req.error_response(Problem::from(Code::TooLarge)));
        }
        body.extend_from_slice(&chunk);
    }
    let body: Bytes = body.freeze();
    let body_digest = match etag::body_digest(&body).await {
        Ok(digest) => digest,
        Err(problem) => return Ok(req.error_response(problem)),
    };
    let digest = etag::digest([req.path(), req.query_string(), &body_digest].join("\n").as_bytes());
    req.extensions_mut().insert(IdempotentRequest { key: key.to_owned(), digest });
    req.set_payload(Payload::Stream { payload: Box::pin(stream::once(async { Ok(body) })) });
    next.call(req).await
}

/// Runs `work` and stores its response, or returns the stored response of the same request.
///
/// The row of the key is inserted first: of concurrent requests with one key, the unique key lets one continue, and the others wait for
/// its transaction and then read its response. If it fails, its row goes with it, and the next one continues.
///
/// # Errors
/// `idempotency_key_reused` if the key was used for a different request.
pub fn run_once(
    tx: &mut Tx<'_>,
    idempotent_request: Option<IdempotentRequest>,
    user: UserId,
    now: Instant,
    work: impl FnOnce(&mut Tx<'_>) -> Result<ApiResponse, Problem>,
) -> Result<ApiResponse, Problem> {
    use idempotency_keys as keys;
    let Some(IdempotentRequest { key, digest }) = idempotent_request else { return work(tx) };
    if !claim(tx, user, &key, &digest, now)? {
        return stored_response(tx, user, &key, &digest);
    }
    let response = work(tx)?;
    diesel::update(keys::table.find((user, &key)))
        .set((
            keys::status.eq(i32::from(response.status.as_u16())),
            keys::version.eq(response.version),
            keys::location.eq(&response.location),
            keys::body.eq(&response.body),
        ))
        .execute(tx.conn())?;
    Ok(response)
}

/// The stored response of a request that was executed, for work that is prepared before the transaction of the change.
///
/// # Errors
/// `idempotency_key_reused` if the key was used for a different request.
pub fn find_response(
    tx: &mut Tx<'_>,
    request: &IdempotentRequest,
    user: UserId,
    now: Instant,
) -> Result<Option<ApiResponse>, Problem> {
    let IdempotentRequest { key, digest } = request;
    let valid = idempotency_keys::created_at.gt(now - Duration::hours(TTL_HOURS));
    let known = idempotency_keys::table.find((user, key)).filter(valid).count().get_result::<i64>(tx.conn())?;
    if known == 0 { Ok(None) } else { stored_response(tx, user, key, digest).map(Some) }
}

/// Inserts the row of a key; `false` if it exists and has not expired. Waits for a concurrent transaction that inserted it.
fn claim(tx: &mut Tx<'_>, user: UserId, key: &str, digest: &str, now: Instant) -> QueryResult<bool> {
    use idempotency_keys as keys;
    let expired = keys::created_at.le(now - Duration::hours(TTL_HOURS));
    diesel::delete(keys::table.find((user, key)).filter(expired)).execute(tx.conn())?;
    let row = (
        keys::user_id.eq(user),
        keys::idempotency_key.eq(key),
        keys::request_digest.eq(digest),
        keys::status.eq(200),
        keys::body.eq(""),
        keys::created_at.eq(now),
    );
    let inserted =
        on_either!(tx, |c| diesel::insert_into(keys::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(inserted == 1)
}

fn stored_response(tx: &mut Tx<'_>, user: UserId, key: &str, digest: &str) -> Result<ApiResponse, Problem> {
    use idempotency_keys as keys;
    type Stored = (String, i32, Option<i32>, Option<String>, String);
    let (stored, status, version, location, body): Stored = keys::table
        .find((user, key))
        .select((keys::request_digest, keys::status, keys::version, keys::location, keys::body))
        .get_result(tx.conn())?;
    if stored != digest {
        return Err(Problem::new(Code::IdempotencyKeyReused, MessageId("error-idempotency-key-reused")));
    }
    let status = u16::try_from(status).ok().and_then(|s| actix_web::http::StatusCode::from_u16(s).ok());
    Ok(ApiResponse { status: status.ok_or(Code::Internal)?, version, location, body, is_replayed: true })
}

/// Deletes expired responses; returns the number of deleted rows.
pub fn delete_expired(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    let expired = idempotency_keys::table.filter(idempotency_keys::created_at.le(now - Duration::hours(TTL_HOURS)));
    diesel::delete(expired).execute(tx.conn())
}
