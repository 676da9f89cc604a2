//! Versions as entity tags: `If-Match` guards a change against a stale read.
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};

use super::problem::{Code, Problem};

/// The version the caller last saw, from `If-Match: "v3"`.
#[derive(Debug, Clone)]
pub struct IfMatch(Result<i32, Problem>);

impl IfMatch {
    /// Fails with 412 unless the caller saw `current`.
    pub fn check(self, current: i32) -> Result<(), Problem> {
        if self.0? == current {
            return Ok(());
        }
        Err(Problem::new(
            Code::StaleVersion,
            format!("Bản hiện tại là \"v{current}\". Hãy tải lại rồi sửa."),
            format!("The current version is \"v{current}\". Please read it again, then change it."),
        ))
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let given = req
            .headers()
            .get(header::IF_MATCH)
            .map(|v| v.to_str().ok().and_then(|v| v.strip_prefix("\"v")?.strip_suffix('"')?.parse().ok()));
        std::future::ready(Ok(Self(match given {
            Some(Some(version)) => Ok(version),
            Some(None) => Err(Problem::new(
                Code::StaleVersion,
                "If-Match không phải là thẻ phiên bản của hệ thống.",
                "The If-Match is not one of our entity tags.",
            )),
            None => Err(Problem::new(
                Code::PreconditionRequired,
                "Hãy gửi If-Match với ETag vừa đọc.",
                "Please send If-Match with the ETag you last read.",
            )),
        })))
    }
}

/// The entity tag of a version.
pub fn tag(version: i32) -> (header::HeaderName, String) {
    (header::ETAG, format!("\"v{version}\""))
}
