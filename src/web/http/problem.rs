//! Errors as a caller sees them: one table of codes, each with its status and its title in both languages.
use actix_web::{HttpResponse, ResponseError, body::BoxBody, dev::ServiceResponse, http::StatusCode, http::header};
use serde::Serialize;

use hoicho_core::{
    db::{Unavailable, Violated, constraint},
    i18n::{Language, Said, Text},
};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $status:literal),+ $(,)?) => {
        /// A stable error code; its spelling is part of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::VariantArray, strum::IntoStaticStr)]
        #[serde(rename_all = "snake_case")]
        #[strum(serialize_all = "kebab-case")]
        pub enum Code { $($(#[$doc])* $name),+ }
        impl Code {
            /// The HTTP status of this code.
            pub fn status(self) -> StatusCode {
                let number: u16 = match self { $(Self::$name => $status),+ };
                StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            /// The title in both languages.
            pub fn title(self) -> Text {
                let name: &'static str = self.into();
                Text::of(&format!("problem-{name}"))
            }
        }
    };
}

codes! {
    /// Malformed JSON, path or query.
    BadRequest 400,
    /// No valid login came with the request.
    LoginRequired 401,
    /// E-mail or password is wrong; which of them is not told.
    WrongCredentials 401,
    /// The caller's role does not allow this.
    Forbidden 403,
    /// Not there, or not for the caller to see.
    NotFound 404,
    /// The address takes other methods.
    MethodNotAllowed 405,
    /// The body took too long.
    TooSlow 408,
    /// The booth has an active allocation.
    BoothAlreadyTaken 409,
    /// A proposal was made for a floor that is no more.
    FloorChanged 409,
    /// The life cycle does not allow this step now.
    IllegalStep 409,
    /// A unique value is in use.
    AlreadyExists 409,
    /// Something still refers to it, or it refers to something that is not there.
    InUse 409,
    /// The edition's figures are final.
    EditionFinalised 409,
    /// The `If-Match` is stale.
    StaleVersion 412,
    /// The file is of no kind that is taken.
    UnsupportedFile 415,
    /// The same key came with another request.
    IdempotencyKeyReused 422,
    /// The account's e-mail address is not proved yet.
    EmailNotVerified 403,
    /// The zone is for others.
    NotEligible 409,
    /// The body is over the limit.
    TooLarge 413,
    /// The body is understood but not acceptable; `errors` lists all of it.
    Invalid 422,
    /// Change needs an `If-Match` header.
    PreconditionRequired 428,
    /// Too many attempts.
    TooManyRequests 429,
    /// A defect or an outage on our side.
    Internal 500,
    /// The database cannot serve now.
    Unavailable 503,
}

/// One thing wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer into the body, or the parameter's name.
    pub pointer: String,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub detail: Text,
}

/// One thing wrong with one field, as it is shown.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FaultyField {
    /// JSON pointer into the body, or the parameter's name.
    pointer: String,
    /// Stable code.
    code: &'static str,
    /// What is wrong and what to do, in the caller's language.
    detail: String,
}

/// An error answer (RFC 9457), as it is shown.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemView {
    /// The HTTP status.
    status: u16,
    /// Stable code, as `booth_already_taken`.
    #[schema(value_type = String)]
    code: Code,
    /// What kind of problem, in the caller's language.
    title: String,
    /// What is wrong and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Everything wrong with the input, all of it at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FaultyField>,
}

/// An error answer.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What kind.
    pub code: Code,
    /// What is wrong and what to do.
    pub detail: Option<Text>,
    /// Everything wrong with the input.
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// A problem with its own explanation.
    pub fn new(code: Code, detail: impl Into<Text>) -> Self {
        Self { code, detail: Some(detail.into()), errors: Vec::new() }
    }

    pub(super) fn response(&self, language: Language) -> HttpResponse {
        let document = ProblemView {
            status: self.code.status().as_u16(),
            code: self.code,
            title: self.code.title().say(language).to_owned(),
            detail: self.detail.as_ref().map(|d| d.say(language).to_owned()),
            errors: self
                .errors
                .iter()
                .map(|e| FaultyField {
                    pointer: e.pointer.clone(),
                    code: e.code,
                    detail: e.detail.say(language).to_owned(),
                })
                .collect(),
        };
        let mut response = HttpResponse::build(self.code.status());
        response.content_type("application/problem+json").insert_header((header::CONTENT_LANGUAGE, language.tag()));
        if matches!(self.code, Code::Unavailable | Code::TooManyRequests) {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        response.body(serde_json::to_vec(&document).unwrap_or_default())
    }

    /// Re-renders a problem in the caller's language: the error itself does not know the request.
    pub fn in_callers_language(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        let problem = response.response().error().and_then(|e| e.as_error::<Problem>()).cloned();
        let Some(problem) = problem else { return response };
        let accepted = response.request().headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
        let rendered = problem.response(Language::from_header(accepted));
        response.into_response(rendered)
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self { code, detail: None, errors: Vec::new() }
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
        self.response(Language::Vi)
    }
}

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        tracing::warn!(%error, "the database cannot serve");
        match error {
            Unavailable::Pool(_) | Unavailable::QueueFull | Unavailable::NotCommitted(_) => {
                Problem::new(Code::Unavailable, Said("the-database-is-busy-please-try-again"))
            }
            Unavailable::Broken => Code::Internal.into(),
        }
    }
}

impl From<diesel::result::Error> for Problem {
    fn from(error: diesel::result::Error) -> Self {
        if matches!(error, diesel::result::Error::NotFound) {
            return Code::NotFound.into();
        }
        match constraint::violated(&error) {
            Some(Violated::BoothTaken) => {
                Problem::new(Code::BoothAlreadyTaken, Said("this-booth-is-already-taken-by-another"))
            }
            Some(Violated::UserEmail) => Problem::new(Code::AlreadyExists, Said("this-e-mail-has-an-account-already")),
            Some(Violated::EditionSlug) => Problem::new(Code::AlreadyExists, Said("this-slug-is-in-use-please-choose")),
            Some(Violated::BoothCode) => Problem::new(Code::AlreadyExists, Said("a-booth-with-this-code-exists-in")),
            Some(Violated::BoothPlace) => Problem::new(Code::AlreadyExists, Said("a-booth-stands-at-this-place-of")),
            Some(Violated::ApplicationExists) => {
                Problem::new(Code::AlreadyExists, Said("this-exhibitor-has-an-application-for-this"))
            }
            Some(Violated::ReportExists) => Problem::new(Code::AlreadyExists, Said("the-booth-has-a-report-for-this")),
            Some(Violated::TaxCode) => Problem::new(Code::AlreadyExists, Said("this-tax-code-is-registered-already")),
            Some(Violated::AttemptUnderWay) => {
                Problem::new(Code::AlreadyExists, Said("a-request-with-this-idempotency-key-is"))
            }
            Some(Violated::ZoneCode) => Problem::new(Code::AlreadyExists, Said("a-zone-with-this-code-exists-in")),
            Some(Violated::Participant) => {
                Problem::new(Code::AlreadyExists, Said("this-exhibitor-or-company-is-on-the"))
            }
            Some(Violated::OtherUnique) => Code::AlreadyExists.into(),
            Some(Violated::Reference) => Code::InUse.into(),
            Some(Violated::Check) => Code::Invalid.into(),
            None if constraint::is_contention(&error) => {
                tracing::warn!(%error, "two transactions met");
                Problem::new(Code::Unavailable, Said("somebody-else-is-changing-the-same-data"))
            }
            None if constraint::cannot_serve(&error) => {
                tracing::error!(%error, "the database cannot serve");
                Problem::new(Code::Unavailable, Said("the-database-is-busy-please-try-again"))
            }
            None => {
                tracing::error!(%error, "a database error");
                Code::Internal.into()
            }
        }
    }
}

impl From<hoicho_core::values::money::Overflow> for Problem {
    fn from(_: hoicho_core::values::money::Overflow) -> Self {
        Problem::new(Code::Invalid, Said("the-amounts-add-up-to-more-than"))
    }
}
