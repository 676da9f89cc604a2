//! Versions as entity tags: `If-Match` guards a change against a stale read.
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use hoicho_core::i18n::Said;

use super::problem::{Code, Problem};

/// The version the caller last saw, from `If-Match: "v3"`.
#[derive(Debug, Clone)]
pub struct IfMatch(Option<Result<i32, Problem>>);

impl IfMatch {
    /// Fails with 412 unless the caller saw `current`, and with 428 when they do not say what they saw.
    pub fn check(self, current: i32) -> Result<(), Problem> {
        if self.0.is_none() {
            return Err(Problem::new(Code::PreconditionRequired, Said("please-send-if-match-with-the-etag")));
        }
        self.check_if_sent(Some(current))
    }

    /// The same where a change needs no look beforehand (a report from a gate or a stand): only what is sent is
    /// checked. `None` is a thing that is not there yet.
    pub fn check_if_sent(self, current: Option<i32>) -> Result<(), Problem> {
        let Some(seen) = self.0 else { return Ok(()) };
        let seen = seen?;
        match current {
            Some(current) if current == seen => Ok(()),
            Some(current) => Err(Problem::new(
                Code::StaleVersion,
                Said("the-current-version-is-v-current-please").with(&[("current", &current)]),
            )),
            None => Err(Problem::new(Code::StaleVersion, Said("there-is-nothing-yet-please-send-it"))),
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let given = req.headers().get(header::IF_MATCH).map(|v| v.to_str().ok().and_then(version));
        let seen = given
            .map(|version| version.ok_or_else(|| Problem::new(Code::StaleVersion, Said("the-if-match-is-not-one-of"))));
        std::future::ready(Ok(Self(seen)))
    }
}

/// The version that an entity tag names: `"v3"` is 3; `None` for what is no tag of ours.
pub fn version(tag: &str) -> Option<i32> {
    let digits = tag.strip_prefix("\"v")?.strip_suffix('"')?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// The entity tag of a version.
pub fn tag(version: i32) -> (header::HeaderName, String) {
    (header::ETAG, format!("\"v{version}\""))
}
