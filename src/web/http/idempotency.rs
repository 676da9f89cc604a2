//! Retries that cannot do a thing twice: a `POST` with an `Idempotency-Key` is carried out once, and the same
//! request sent again gets the first answer. The key is kept in the transaction of the change itself.
use actix_web::{
    HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{Method, header::HeaderValue},
    middleware::Next,
    web::{Bytes, BytesMut},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use diesel::prelude::*;
use futures_util::{StreamExt, stream};
use sha2::{Digest, Sha256};

use super::{
    answer::Answer,
    problem::{Code, Problem},
    slow,
};
use hoicho_core::{
    db::{Tx, schema::idempotency_keys},
    i18n::Said,
    values::{clock::Instant, ids::UserId},
};

/// Bytes of a request that can be made with a key: the largest upload.
const MOST: usize = 11 * 1024 * 1024;
/// Hours an answer is kept.
const KEPT_H: i64 = 24;

/// A request that names itself.
#[derive(Debug, Clone)]
pub struct Attempt {
    key: String,
    digest: String,
}

impl Attempt {
    /// The attempt that the middleware found in a request.
    pub fn of(req: &HttpRequest) -> Option<Self> {
        req.extensions().get::<Self>().cloned()
    }
}

/// A key as it was sent: 1 to 255 printable ASCII characters; `None` for what is none.
pub fn key(sent: &HeaderValue) -> Option<&str> {
    sent.to_str().ok().filter(|key| (1..=255).contains(&key.len()))
}

fn faulty_key() -> Problem {
    Problem::new(Code::BadRequest, Said("an-idempotency-key-has-1-to-255"))
}

/// Notes the key of a `POST` and a digest of what it asks for.
pub async fn note(mut req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let Some(key) = req.headers().get("idempotency-key").filter(|_| req.method() == Method::POST).cloned() else {
        return next.call(req).await;
    };
    let Some(key) = self::key(&key) else {
        return Ok(req.error_response(faulty_key()));
    };
    let mut payload = req.take_payload();
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(error) => return Ok(req.error_response(slow::fault(&error))),
        };
        if body.len() + chunk.len() > MOST {
            return Ok(req.error_response(Problem::from(Code::TooLarge)));
        }
        body.extend_from_slice(&chunk);
    }
    let mut digest = Sha256::new();
    for part in [req.path().as_bytes(), req.query_string().as_bytes(), &body] {
        digest.update(Sha256::digest(part));
    }
    let attempt = Attempt { key: key.to_owned(), digest: URL_SAFE_NO_PAD.encode(digest.finalize()) };
    req.extensions_mut().insert(attempt);
    let body: Bytes = body.freeze();
    req.set_payload(Payload::Stream { payload: Box::pin(stream::once(async { Ok(body) })) });
    next.call(req).await
}

/// Does `work`, or gives the answer that the same attempt got before.
pub fn once(
    tx: &mut Tx<'_>,
    attempt: Option<Attempt>,
    user: UserId,
    now: Instant,
    work: impl FnOnce(&mut Tx<'_>) -> Result<Answer, Problem>,
) -> Result<Answer, Problem> {
    use idempotency_keys as keys;
    let Some(attempt) = attempt else { return work(tx) };
    let kept: Option<(String, i32, Option<i32>, String)> = keys::table
        .find((user, &attempt.key))
        .filter(keys::created_at.gt(now - Duration::hours(KEPT_H)))
        .select((keys::request_digest, keys::status, keys::version, keys::body))
        .get_result(tx.conn())
        .optional()?;
    if let Some((digest, status, version, body)) = kept {
        if digest != attempt.digest {
            return Err(Problem::new(Code::IdempotencyKeyReused, Said("this-idempotency-key-was-used-for-another")));
        }
        let status = u16::try_from(status).ok().and_then(|s| actix_web::http::StatusCode::from_u16(s).ok());
        return Ok(Answer { status: status.ok_or(Code::Internal)?, version, body, repeated: true });
    }
    let answer = work(tx)?;
    diesel::delete(keys::table.find((user, &attempt.key))).execute(tx.conn())?;
    diesel::insert_into(keys::table)
        .values((
            keys::user_id.eq(user),
            keys::idempotency_key.eq(&attempt.key),
            keys::request_digest.eq(&attempt.digest),
            keys::status.eq(i32::from(answer.status.as_u16())),
            keys::version.eq(answer.version),
            keys::body.eq(&answer.body),
            keys::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(answer)
}

/// Forgets answers that nobody will ask for again; returns how many.
pub fn forget(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.le(now - Duration::hours(KEPT_H)));
    diesel::delete(old).execute(tx.conn())
}
