//! Extractor of non-JSON bodies: files and tables.
use hoicho_core::i18n::MessageId;
use std::pin::Pin;

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    web::{Bytes, BytesMut},
};
use futures_util::StreamExt;

use super::{body_timeout, code::Code, problem::Problem};

/// A body of at most `MAX_BYTES` bytes. Like [`super::Body`], it returns a read error only in [`RawBody::into_result`].
pub struct RawBody<const MAX_BYTES: usize>(Result<Bytes, Problem>);

impl<const MAX_BYTES: usize> RawBody<MAX_BYTES> {
    /// The body or the read error.
    pub fn into_result(self) -> Result<Bytes, Problem> {
        self.0
    }
}

/// Whether the body is a form with the file in it, which would be taken for the file itself. What curl names by default,
/// `application/x-www-form-urlencoded`, is not.
fn is_form(req: &HttpRequest) -> bool {
    req.content_type().to_ascii_lowercase().starts_with("multipart/")
}

async fn read(mut payload: Payload, max_bytes: usize) -> Result<Bytes, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|e| body_timeout::to_problem(&e))?;
        if body.len() + chunk.len() > max_bytes {
            return Err(Problem::new(
                Code::TooLarge,
                MessageId("error-body-over-limit").with_args(&[("max_kib", &(max_bytes / 1024))]),
            ));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

impl<const MAX_BYTES: usize> FromRequest for RawBody<MAX_BYTES> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;
    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if is_form(req) {
            let problem = Problem::new(Code::UnsupportedFile, MessageId("error-form-instead-of-file"));
            return Box::pin(async { Ok(Self(Err(problem))) });
        }
        let payload = payload.take();
        Box::pin(async move { Ok(Self(read(payload, MAX_BYTES).await)) })
    }
}
