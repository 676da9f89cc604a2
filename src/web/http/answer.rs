//! What a successful change answers, made inside its transaction so that it can be kept and given again.
use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::StatusCode, http::header};
use serde::Serialize;

use super::{
    etag,
    problem::{Code, Problem},
};

/// An answer with a JSON body, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// 200 to 299.
    pub status: StatusCode,
    /// The version of what is shown, for its entity tag.
    pub version: Option<i32>,
    /// JSON; empty for no content.
    pub body: String,
    /// Kept from the first time this request was made.
    pub repeated: bool,
}

impl Answer {
    fn with(status: StatusCode, shown: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_string(shown).map_err(|error| {
            tracing::error!(%error, "an answer could not be written");
            Problem::from(Code::Internal)
        })?;
        Ok(Self { status, version: None, body, repeated: false })
    }
    /// 200 with `shown`.
    pub fn ok(shown: &impl Serialize) -> Result<Self, Problem> {
        Self::with(StatusCode::OK, shown)
    }
    /// 201 with `shown`.
    pub fn created(shown: &impl Serialize) -> Result<Self, Problem> {
        Self::with(StatusCode::CREATED, shown)
    }
    /// 202 with `shown`: it will be done.
    pub fn accepted(shown: &impl Serialize) -> Result<Self, Problem> {
        Self::with(StatusCode::ACCEPTED, shown)
    }
    /// 204.
    pub fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, version: None, body: String::new(), repeated: false }
    }
    /// The same with an entity tag.
    pub fn version(self, version: i32) -> Self {
        Self { version: Some(version), ..self }
    }
}

impl Responder for Answer {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(version) = self.version {
            response.insert_header(etag::tag(version));
        }
        if self.repeated {
            response.insert_header((header::HeaderName::from_static("idempotency-replayed"), "true"));
        }
        if self.body.is_empty() {
            return response.finish();
        }
        response.content_type(header::ContentType::json()).body(self.body)
    }
}

/// A list without pages: what it holds is bounded by its owner.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Items<T> {
    /// All of them.
    pub items: Vec<T>,
}
