//! Codes of problems: one table with the status of each, what it means and what to do. The catalogue of errors is made from it.
use actix_web::http::StatusCode;
use serde::Serialize;

use hoicho_core::i18n::LocalizedText;

macro_rules! codes {
    ($(#[doc = $meaning:literal] $name:ident $status:literal $action:literal),+ $(,)?) => {
        /// A stable error code; its spelling is part of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::VariantArray, strum::IntoStaticStr)]
        #[serde(rename_all = "snake_case")]
        #[strum(serialize_all = "kebab-case")]
        pub enum Code { $(#[doc = $meaning] $name),+ }
        impl Code {
            /// The HTTP status of this code.
            pub fn status(self) -> StatusCode {
                let number: u16 = match self { $(Self::$name => $status),+ };
                StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            /// The localized title.
            pub fn title(self) -> LocalizedText {
                let name: &'static str = self.into();
                LocalizedText::from_key(&format!("problem-{name}"))
            }
            /// What it means, in English.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning),+ }.trim()
            }
            /// What the developer of a client does about it, in English.
            pub fn action(self) -> &'static str {
                match self { $(Self::$name => $action),+ }
            }
        }
    };
}

codes! {
    /// Malformed JSON, path or query.
    BadRequest 400
        "Send JSON, a path and parameters as the operation documents them; `detail` names what is not.",
    /// The request has no valid credentials.
    LoginRequired 401
        "Log in, or send the access token or API key in `Authorization: Bearer …`; a token that has expired is renewed at `/auth/refresh`.",
    /// Wrong e-mail or password; the response does not reveal which.
    WrongCredentials 401
        "Check the address and the password. After several failures the account is locked for some minutes: wait for `Retry-After`.",
    /// Wrong code of the second factor.
    WrongCode 401
        "Send the code that the authenticator shows now, or a recovery code that was not used yet.",
    /// A passkey that is not registered, or a wrong signature of one.
    WrongPasskey 401
        "Begin a new ceremony with a passkey of this account.",
    /// The caller lacks the required role.
    Forbidden 403
        "Ask an owner of the organiser for the role, or for an API key with the scope that `detail` names.",
    /// The organiser, or the settings for admins, require a second factor, and the account has none.
    SecondFactorRequired 403
        "Set up a second factor for the account, then log in again.",
    /// The resource does not exist or is not visible to the caller.
    NotFound 404
        "Check the identifier or slug, and that the caller may see it: what is not visible looks like what does not exist.",
    /// The path supports other methods.
    MethodNotAllowed 405
        "Use a method that `Allow` lists.",
    /// Timeout while reading the request body.
    TooSlow 408
        "Send the body faster, or in smaller parts.",
    /// The booth has an active allocation.
    BoothAlreadyTaken 409
        "Read the booths again and choose another, or ask for a place on the waiting list.",
    /// The floor changed after the proposal was made.
    FloorChanged 409
        "Compute a new proposal from the floor as it is now.",
    /// The current state does not allow this transition.
    IllegalStep 409
        "Read the resource again: `detail` says what its state allows.",
    /// A unique value is in use.
    AlreadyExists 409
        "Use the resource that exists, or another name, code or slug.",
    /// The resource is still referenced, or references one that does not exist.
    InUse 409
        "Remove what refers to it first, or refer to something that exists.",
    /// The edition's figures are final.
    EditionFinalised 409
        "Nothing: final figures do not change.",
    /// `If-Match` does not match the current version.
    StaleVersion 412
        "Read the resource again, apply the change to what it is now, and send its new `ETag`.",
    /// Unsupported file type.
    UnsupportedFile 415
        "Send a file of a type that the operation documents, as the body itself.",
    /// The idempotency key was used for a different request.
    IdempotencyKeyReused 422
        "Make a new key for each new request, and repeat a key only with the same body.",
    /// The e-mail address of the account is not verified.
    EmailNotVerified 403
        "Open the link in the e-mail, or have it sent again.",
    /// The application does not meet the eligibility rules of the zone.
    NotEligible 409
        "Choose a booth of another zone, or waive the rule with a reason, as staff may.",
    /// The body exceeds the size limit.
    TooLarge 413
        "Send less; `detail` says how much is accepted.",
    /// The body is well-formed but invalid; `errors` lists every error.
    Invalid 422
        "Correct every field that `errors` lists; `pointer` says where it is.",
    /// The change requires an `If-Match` header.
    PreconditionRequired 428
        "Send the `ETag` of the version that you read as `If-Match`.",
    /// Rate limit exceeded.
    TooManyRequests 429
        "Wait for `Retry-After` seconds; `RateLimit-*` says how many requests are left.",
    /// Internal error.
    Internal 500
        "Report the `request_id` to the operator.",
    /// The database is unavailable.
    Unavailable 503
        "Repeat the request after `Retry-After` seconds; a `POST` with the same `Idempotency-Key`.",
}
