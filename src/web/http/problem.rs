//! Error responses (RFC 9457).
use actix_web::{
    HttpResponse, ResponseError,
    body::BoxBody,
    dev::ServiceResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use serde::Serialize;
use strum::VariantArray;
use utoipa::openapi::Schema;

use super::{
    code::Code, field_code::FieldCode, negotiation::preferred_language, open_enum::open_enum, request_id::RequestId,
};
use hoicho_core::{
    db::{ConstraintViolation, Unavailable, constraint},
    i18n::{Language, LocalizedText, MessageId},
    values::clock::Instant,
};

/// A validation error of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer into the body, or the parameter name.
    pub pointer: String,
    /// Error code.
    pub code: FieldCode,
    /// The error and how to correct it.
    pub detail: LocalizedText,
}

fn code_schema() -> Schema {
    let known = Code::VARIANTS.iter().filter_map(|code| serde_json::to_value(code).ok());
    open_enum("Stable error code. More may be added: treat an unknown one by its status.", known)
}

fn field_code_schema() -> Schema {
    let known = FieldCode::VARIANTS.iter().map(|code| code.as_str().into());
    open_enum("Stable error code of a field. More may be added.", known)
}

/// A validation error of one field, in responses.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = FaultyField)]
pub struct FieldErrorView {
    /// JSON pointer into the body, or the parameter name.
    pointer: String,
    #[schema(schema_with = field_code_schema)]
    code: FieldCode,
    /// The error and how to correct it, in the caller's language.
    detail: String,
}

/// An error response (RFC 9457).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemView {
    /// The HTTP status.
    status: u16,
    #[schema(schema_with = code_schema)]
    code: Code,
    /// Title of the error code, in the caller's language.
    title: String,
    /// The error and how to correct it.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// All validation errors of the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldErrorView>,
    /// `X-Request-Id` of the request, by which the operator finds it in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// How to authenticate, for 401 (RFC 6750, section 3).
const AUTHENTICATE: HeaderValue = HeaderValue::from_static("Bearer realm=\"hoicho\"");
/// Seconds after which a request may be repeated if the database or the node is busy.
const BUSY_RETRY_S: i64 = 1;

/// An error that becomes an error response.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Error code.
    pub code: Code,
    /// The error and how to correct it.
    pub detail: Option<LocalizedText>,
    /// Validation errors.
    pub errors: Vec<FieldError>,
    /// Seconds until the request may succeed, where they are known.
    pub retry_after_s: Option<i64>,
}

impl Problem {
    /// A problem with a detail text.
    pub fn new(code: Code, detail: impl Into<LocalizedText>) -> Self {
        Self { detail: Some(detail.into()), ..code.into() }
    }

    /// A problem with validation errors.
    pub fn with_errors(code: Code, errors: Vec<FieldError>) -> Self {
        Self { errors, ..code.into() }
    }

    /// Adds `Retry-After`: the request may succeed at `then`.
    pub fn retry_at(self, then: Instant, now: Instant) -> Self {
        Self { retry_after_s: Some((then - now).num_seconds().max(0) + 1), ..self }
    }

    pub(super) fn response(&self, language: Language, request_id: Option<&RequestId>) -> HttpResponse {
        let document = ProblemView {
            status: self.code.status().as_u16(),
            code: self.code,
            title: self.code.title().get(language).to_owned(),
            detail: self.detail.as_ref().map(|d| d.get(language).to_owned()),
            errors: self
                .errors
                .iter()
                .map(|e| FieldErrorView {
                    pointer: e.pointer.clone(),
                    code: e.code,
                    detail: e.detail.get(language).to_owned(),
                })
                .collect(),
            request_id: request_id.map(|id| id.as_str().to_owned()),
        };
        let mut response = HttpResponse::build(self.code.status());
        response.content_type("application/problem+json").insert_header((header::CONTENT_LANGUAGE, language.tag()));
        if let Some(seconds) = self.retry_after_s {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if self.code.status() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, AUTHENTICATE));
        }
        response.body(serde_json::to_vec(&document).unwrap_or_default())
    }

    /// Renders the problem again in the caller's language, because `ResponseError` has no access to the request.
    pub fn localize(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        let problem = response.response().error().and_then(|e| e.as_error::<Problem>()).cloned();
        let Some(problem) = problem else { return response };
        let req = response.request();
        let rendered = problem.response(preferred_language(req), RequestId::of(req).as_ref());
        response.into_response(rendered)
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        let retry_after_s = (code == Code::Unavailable).then_some(BUSY_RETRY_S);
        Self { code, detail: None, errors: Vec::new(), retry_after_s }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}: {}", self.code, self.detail.as_ref().map_or("", |d| d.en.as_str()))
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }
    fn error_response(&self) -> HttpResponse {
        self.response(Language::Vi, None)
    }
}

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        tracing::warn!(%error, "database unavailable");
        match error {
            Unavailable::Pool(_) | Unavailable::QueueFull | Unavailable::NotCommitted(_) => {
                Problem::new(Code::Unavailable, MessageId("error-database-busy"))
            }
            Unavailable::TaskFailed => Code::Internal.into(),
        }
    }
}

impl From<diesel::result::Error> for Problem {
    fn from(error: diesel::result::Error) -> Self {
        if matches!(error, diesel::result::Error::NotFound) {
            return Code::NotFound.into();
        }
        match constraint::constraint_violation(&error) {
            Some(ConstraintViolation::BoothTaken) => {
                Problem::new(Code::BoothAlreadyTaken, MessageId("error-booth-taken"))
            }
            Some(ConstraintViolation::UserEmail) => Problem::new(Code::AlreadyExists, MessageId("error-email-exists")),
            Some(ConstraintViolation::EditionSlug) => Problem::new(Code::AlreadyExists, MessageId("error-slug-exists")),
            Some(ConstraintViolation::BoothCode) => {
                Problem::new(Code::AlreadyExists, MessageId("error-booth-code-exists"))
            }
            Some(ConstraintViolation::BoothPlace) => {
                Problem::new(Code::AlreadyExists, MessageId("error-booth-place-taken"))
            }
            Some(ConstraintViolation::ApplicationExists) => {
                Problem::new(Code::AlreadyExists, MessageId("error-application-exists"))
            }
            Some(ConstraintViolation::ReportExists) => {
                Problem::new(Code::AlreadyExists, MessageId("error-report-exists"))
            }
            Some(ConstraintViolation::LinkExists) => Problem::new(Code::AlreadyExists, MessageId("error-link-exists")),
            Some(ConstraintViolation::TaxCode) => Problem::new(Code::AlreadyExists, MessageId("error-tax-code-exists")),
            Some(ConstraintViolation::RequestInProgress) => {
                Problem::new(Code::AlreadyExists, MessageId("error-idempotency-key-in-progress"))
            }
            Some(ConstraintViolation::ZoneCode) => {
                Problem::new(Code::AlreadyExists, MessageId("error-zone-code-exists"))
            }
            Some(ConstraintViolation::Participant) => {
                Problem::new(Code::AlreadyExists, MessageId("error-participant-exists"))
            }
            Some(ConstraintViolation::SsoIdentity) => {
                Problem::new(Code::AlreadyExists, MessageId("error-sso-identity-linked"))
            }
            Some(ConstraintViolation::SsoAccount) => {
                Problem::new(Code::AlreadyExists, MessageId("error-sso-account-linked"))
            }
            Some(ConstraintViolation::OtherUnique) => Code::AlreadyExists.into(),
            Some(ConstraintViolation::Reference) => Code::InUse.into(),
            Some(ConstraintViolation::Check) => Code::Invalid.into(),
            None if constraint::is_contention(&error) => {
                tracing::warn!(%error, "transaction conflict");
                Problem::new(Code::Unavailable, MessageId("error-concurrent-change"))
            }
            None if constraint::is_unavailable(&error) => {
                tracing::error!(%error, "database unavailable");
                Problem::new(Code::Unavailable, MessageId("error-database-busy"))
            }
            None => {
                tracing::error!(%error, "database error");
                Code::Internal.into()
            }
        }
    }
}

impl From<hoicho_core::values::money::Overflow> for Problem {
    fn from(_: hoicho_core::values::money::Overflow) -> Self {
        Problem::new(Code::Invalid, MessageId("error-sum-overflow"))
    }
}
