//! Errors as a caller sees them: one table of codes, each with its status and its title in both languages.
use actix_web::{HttpResponse, ResponseError, body::BoxBody, dev::ServiceResponse, http::StatusCode, http::header};
use serde::Serialize;

use crate::{
    db::{Unavailable, Violated, constraint},
    i18n::{Language, Text},
};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $status:literal $vi:literal $en:literal),+ $(,)?) => {
        /// A stable error code; its spelling is part of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::VariantArray)]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $($(#[$doc])* $name),+ }
        impl Code {
            /// The HTTP status of this code.
            pub fn status(self) -> StatusCode {
                let number: u16 = match self { $(Self::$name => $status),+ };
                StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            /// The title in both languages.
            pub fn title(self) -> Text {
                match self { $(Self::$name => Text::new($vi, $en)),+ }
            }
        }
    };
}

codes! {
    /// Malformed JSON, path or query.
    BadRequest 400 "Yêu cầu không đúng dạng" "The request is malformed",
    /// No valid login came with the request.
    LoginRequired 401 "Cần đăng nhập" "Please log in",
    /// E-mail or password is wrong; which of them is not told.
    WrongCredentials 401 "Sai e-mail hoặc mật khẩu" "Wrong e-mail or password",
    /// The caller's role does not allow this.
    Forbidden 403 "Vai trò của bạn không được phép làm việc này" "Your role does not allow this",
    /// Not there, or not for the caller to see.
    NotFound 404 "Không tìm thấy" "Not found",
    /// The booth has an active allocation.
    BoothAlreadyTaken 409 "Gian hàng đã có người giữ" "The booth is already taken",
    /// A proposal was made for a floor that is no more.
    FloorChanged 409 "Mặt bằng đã thay đổi" "The floor changed meanwhile",
    /// The life cycle does not allow this step now.
    IllegalStep 409 "Không được phép chuyển sang trạng thái này" "This step is not allowed now",
    /// A unique value is in use.
    AlreadyExists 409 "Đã tồn tại" "It already exists",
    /// Something still refers to it, or it refers to something that is not there.
    InUse 409 "Đang được dùng hoặc tham chiếu không tồn tại" "It is in use, or refers to something that does not exist",
    /// The edition's figures are final.
    EditionFinalised 409 "Kỳ hội chợ đã chốt số liệu" "The edition is finalised",
    /// The `If-Match` is stale.
    StaleVersion 412 "Bản ghi đã bị người khác sửa" "Somebody else changed it meanwhile",
    /// The file is of no kind that is taken.
    UnsupportedFile 415 "Loại tệp không được chấp nhận" "This kind of file is not taken",
    /// The same key came with another request.
    IdempotencyKeyReused 422 "Idempotency-Key đã được dùng" "The Idempotency-Key was used for another request",
    /// The account's e-mail address is not proved yet.
    EmailNotVerified 403 "E-mail chưa được xác minh" "The e-mail address is not verified yet",
    /// The zone is for others.
    NotEligible 409 "Không đủ điều kiện vào khu vực này" "The exhibitor is not eligible for this zone",
    /// The body is over the limit.
    TooLarge 413 "Nội dung quá lớn" "The body is too large",
    /// The body is understood but not acceptable; `errors` lists all of it.
    Invalid 422 "Dữ liệu không hợp lệ" "The data is not valid",
    /// Change needs an `If-Match` header.
    PreconditionRequired 428 "Thiếu tiêu đề If-Match" "An If-Match header is needed",
    /// Too many attempts.
    TooManyRequests 429 "Quá nhiều yêu cầu" "Too many requests",
    /// A defect or an outage on our side.
    Internal 500 "Lỗi phía máy chủ" "Something failed on our side",
    /// The database cannot serve now.
    Unavailable 503 "Máy chủ đang bận" "The server is busy",
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
    pub fn new(code: Code, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, detail: Some(Text::new(vi, en)), errors: Vec::new() }
    }

    fn response(&self, language: Language) -> HttpResponse {
        #[derive(Serialize)]
        struct Field<'a> {
            pointer: &'a str,
            code: &'static str,
            detail: &'a str,
        }
        #[derive(Serialize)]
        struct Document<'a> {
            status: u16,
            code: Code,
            title: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<&'a str>,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            errors: Vec<Field<'a>>,
        }
        let document = Document {
            status: self.code.status().as_u16(),
            code: self.code,
            title: self.code.title().say(language).to_owned(),
            detail: self.detail.as_ref().map(|d| d.say(language)),
            errors: self
                .errors
                .iter()
                .map(|e| Field { pointer: &e.pointer, code: e.code, detail: e.detail.say(language) })
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
            Unavailable::Pool(_) | Unavailable::QueueFull | Unavailable::NotCommitted(_) => Problem::new(
                Code::Unavailable,
                "Cơ sở dữ liệu đang bận. Vui lòng thử lại sau giây lát.",
                "The database is busy. Please try again in a moment.",
            ),
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
            Some(Violated::BoothTaken) => Problem::new(
                Code::BoothAlreadyTaken,
                "Gian hàng này đã được giữ cho đơn khác. Hãy chọn gian khác.",
                "This booth is already taken by another application. Please choose another booth.",
            ),
            Some(Violated::UserEmail) => {
                Problem::new(Code::AlreadyExists, "E-mail này đã có tài khoản.", "This e-mail has an account already.")
            }
            Some(Violated::EditionSlug) => Problem::new(
                Code::AlreadyExists,
                "Slug này đã được dùng.",
                "This slug is in use. Please choose another.",
            ),
            Some(Violated::BoothCode) => Problem::new(
                Code::AlreadyExists,
                "Mã gian hàng bị trùng trong kỳ hội chợ.",
                "A booth with this code exists in the edition.",
            ),
            Some(Violated::BoothPlace) => Problem::new(
                Code::AlreadyExists,
                "Vị trí trong dãy đã có gian hàng.",
                "A booth stands at this place of the row already.",
            ),
            Some(Violated::ApplicationExists) => Problem::new(
                Code::AlreadyExists,
                "Đơn vị này đã có đơn đăng ký cho kỳ hội chợ.",
                "This exhibitor has an application for this edition already.",
            ),
            Some(Violated::ReportExists) => Problem::new(
                Code::AlreadyExists,
                "Gian hàng đã có báo cáo cho ngày này.",
                "The booth has a report for this day already.",
            ),
            Some(Violated::TaxCode) => Problem::new(
                Code::AlreadyExists,
                "Mã số thuế này đã được đăng ký.",
                "This tax code is registered already.",
            ),
            Some(Violated::AttemptUnderWay) => Problem::new(
                Code::AlreadyExists,
                "Yêu cầu với Idempotency-Key này đang được xử lý. Hãy thử lại sau giây lát.",
                "A request with this Idempotency-Key is under way. Please try again in a moment.",
            ),
            Some(Violated::ZoneCode) => Problem::new(
                Code::AlreadyExists,
                "Mã khu vực bị trùng trong kỳ hội chợ.",
                "A zone with this code exists in the edition.",
            ),
            Some(Violated::Participant) => Problem::new(
                Code::AlreadyExists,
                "Đơn vị này đã có trên gian hàng.",
                "This exhibitor or company is on the booth already.",
            ),
            Some(Violated::OtherUnique) => Code::AlreadyExists.into(),
            Some(Violated::Reference) => Code::InUse.into(),
            Some(Violated::Check) => Code::Invalid.into(),
            None if constraint::is_contention(&error) => {
                tracing::warn!(%error, "two transactions met");
                Problem::new(
                    Code::Unavailable,
                    "Dữ liệu đang được người khác sửa cùng lúc. Vui lòng thử lại.",
                    "Somebody else is changing the same data. Please try again in a moment.",
                )
            }
            None => {
                tracing::error!(%error, "a database error");
                Code::Internal.into()
            }
        }
    }
}

impl From<crate::values::money::Overflow> for Problem {
    fn from(_: crate::values::money::Overflow) -> Self {
        Problem::new(
            Code::Invalid,
            "Tổng số tiền vượt quá giới hạn.",
            "The amounts add up to more than can be counted.",
        )
    }
}
