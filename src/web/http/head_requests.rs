//! `HEAD`: the status and headers of a `GET`, without its body (RFC 9110, section 9.3.2).
use std::{
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web::Bytes,
};

/// A body that is not sent. It keeps the size, which becomes the `Content-Length`.
struct OmittedBody(BodySize);

impl MessageBody for OmittedBody {
    type Error = std::convert::Infallible;
    fn size(&self) -> BodySize {
        self.0
    }
    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Poll::Ready(None)
    }
}

/// Middleware that handles `HEAD` as `GET` and omits the body. The HTTP encoder sends none for a `HEAD` request whatever the size is. A
/// stream ends when its body is dropped.
pub async fn middleware(mut req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    if req.method() != Method::HEAD {
        return next.call(req).await;
    }
    req.head_mut().method = Method::GET;
    let response = next.call(req).await?;
    Ok(response.map_body(|_, body| BoxBody::new(OmittedBody(body.size()))))
}
