//! Version ETags and optimistic locking: `If-Match` rejects a change that is based on a stale version.
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Bytes};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hoicho_core::i18n::MessageId;
use sha2::{Digest, Sha256};

use super::{code::Code, cpu_pool::CpuPool, problem::Problem};

/// Digest by which two contents are told apart: 132 bits of SHA-256.
pub fn digest(content: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(content)).chars().take(22).collect()
}

/// Bytes whose digest takes an async worker less than the way to another thread and back.
const MAX_BYTES_ON_WORKER: usize = 64 * 1024;

/// [`digest`] of a body, off the async workers if it is large.
///
/// # Errors
/// [`Code::Unavailable`] if too many wait for the pool.
pub async fn body_digest(body: &Bytes) -> Result<String, Problem> {
    if body.len() <= MAX_BYTES_ON_WORKER {
        return Ok(digest(body));
    }
    let body = body.clone();
    CpuPool::shared().run(move || digest(&body)).await
}

/// The version that a change expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// `*`: any, if the resource exists.
    Any,
    Version(i32),
}

/// The expected version, from `If-Match: "v3"` or `If-Match: *`.
#[derive(Debug, Clone)]
pub struct IfMatch(Option<Result<Expected, Problem>>);

impl IfMatch {
    /// Fails with 412 if the expected version is not `current`, and with 428 if the header is missing.
    pub fn check(self, current: i32) -> Result<(), Problem> {
        if self.0.is_none() {
            return Err(Problem::new(Code::PreconditionRequired, MessageId("error-if-match-required")));
        }
        self.check_if_sent(Some(current))
    }

    /// Like [`IfMatch::check`], but the header is optional, for changes that need no prior read (reports from gates and
    /// booths). `None` means that the resource does not exist yet.
    pub fn check_if_sent(self, current: Option<i32>) -> Result<(), Problem> {
        let Some(expected) = self.0 else { return Ok(()) };
        let expected = expected?;
        match current {
            Some(current) if expected == Expected::Any || expected == Expected::Version(current) => Ok(()),
            Some(current) => Err(Problem::new(
                Code::StaleVersion,
                MessageId("error-stale-version").with_args(&[("current", &current)]),
            )),
            None => Err(Problem::new(Code::StaleVersion, MessageId("error-if-match-not-found"))),
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parse = |text: &str| match text.trim() {
            "*" => Some(Expected::Any),
            tag => parse(tag).map(Expected::Version),
        };
        let parsed = req.headers().get(header::IF_MATCH).map(|value| value.to_str().ok().and_then(parse));
        let expected = parsed.map(|version| {
            version.ok_or_else(|| Problem::new(Code::StaleVersion, MessageId("error-invalid-if-match")))
        });
        std::future::ready(Ok(Self(expected)))
    }
}

/// Parses a version ETag: `"v3"` is 3; `None` for any other ETag. `If-Match` of actix-web is not used, because it drops malformed
/// tags and combines several: a change must name exactly one version, and anything else is rejected instead of ignored.
pub fn parse(tag: &str) -> Option<i32> {
    let digits = tag.strip_prefix("\"v")?.strip_suffix('"')?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// The `ETag` header of a version.
pub fn header(version: i32) -> (header::HeaderName, String) {
    (header::ETAG, format!("\"v{version}\""))
}
