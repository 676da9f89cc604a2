//! Success responses of writes. They are built inside the transaction so that idempotency can store and replay them.
use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{StatusCode, header},
};
use serde::Serialize;

use super::{code::Code, etag, problem::Problem};

/// Where the operations of the API are.
pub const API_BASE: &str = "/api/v1";

/// A success response with a JSON body or no body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiResponse {
    /// Status, 200 to 299.
    pub status: StatusCode,
    /// Version of the represented resource, for the ETag.
    pub version: Option<i32>,
    /// Address of the created resource.
    pub location: Option<String>,
    /// JSON body; empty for 204.
    pub body: String,
    /// Whether this is the stored response of an earlier request with the same idempotency key.
    pub is_replayed: bool,
}

impl ApiResponse {
    fn with(status: StatusCode, value: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_string(value).map_err(|error| {
            tracing::error!(%error, "failed to serialize a response");
            Problem::from(Code::Internal)
        })?;
        Ok(Self { status, version: None, location: None, body, is_replayed: false })
    }
    /// 200 OK.
    pub fn ok(value: &impl Serialize) -> Result<Self, Problem> {
        Self::with(StatusCode::OK, value)
    }
    /// 201 Created, with the path of the resource below [`API_BASE`], such as `/venues/0190…`. Several that were created at once have
    /// that of their list.
    pub fn created(path: &str, value: &impl Serialize) -> Result<Self, Problem> {
        Ok(Self { location: Some([API_BASE, path].concat()), ..Self::with(StatusCode::CREATED, value)? })
    }
    /// 202 Accepted, for work that completes later.
    pub fn accepted(value: &impl Serialize) -> Result<Self, Problem> {
        Self::with(StatusCode::ACCEPTED, value)
    }
    /// 204 No Content.
    pub fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, version: None, location: None, body: String::new(), is_replayed: false }
    }
    /// Adds an ETag for `version`.
    pub fn with_version(self, version: i32) -> Self {
        Self { version: Some(version), ..self }
    }
}

impl Responder for ApiResponse {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(version) = self.version {
            response.insert_header(etag::header(version));
        }
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if self.is_replayed {
            response.insert_header((header::HeaderName::from_static("idempotency-replayed"), "true"));
        }
        if self.body.is_empty() {
            return response.finish();
        }
        response.content_type(header::ContentType::json()).body(self.body)
    }
}

/// A list without pagination, for collections of bounded size.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Items<T> {
    /// All items.
    pub items: Vec<T>,
}
