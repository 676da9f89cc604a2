//! What callers send: JSON bodies and query strings, with limits, and problems that point at the field.
use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;

use super::problem::{Code, FieldError, Problem};
use crate::i18n::Text;

/// Bytes a JSON body may have.
pub const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// A JSON body of type `T`. Unknown fields are refused by `T` itself (`deny_unknown_fields`).
///
/// Extractors of one handler run side by side, so a faulty body is told only when the handler asks for it:
/// a caller without a permit hears that there is none, whatever they sent.
pub struct Body<T>(Result<T, Problem>);

impl<T> Body<T> {
    /// What was sent, or what is wrong with it.
    pub fn get(self) -> Result<T, Problem> {
        self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;
    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = web::Bytes::from_request(req, payload);
        Box::pin(async move {
            let read = bytes.await.map_err(|e| match e.as_response_error().status_code() {
                actix_web::http::StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
                    Code::TooLarge,
                    "Nội dung gửi lên vượt quá 2 MB. Hãy chia nhỏ.",
                    "The body is over 2 MB. Please send it in parts.",
                ),
                _ => Code::BadRequest.into(),
            });
            Ok(Self(read.and_then(|bytes| parse(&bytes))))
        })
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| {
        let at = e.path().to_string();
        let inner = e.inner();
        if inner.is_data() {
            Problem {
                code: Code::Invalid,
                detail: None,
                errors: vec![FieldError {
                    pointer: pointer(&at),
                    code: "unexpected",
                    detail: Text::new(format!("Giá trị không hợp lệ: {inner}"), format!("Not acceptable: {inner}")),
                }],
            }
        } else {
            Problem::new(
                Code::BadRequest,
                format!("JSON không đúng: {inner}"),
                format!("This is not valid JSON: {inner}"),
            )
        }
    })?;
    reader.end().map_err(|_| {
        Problem::new(Code::BadRequest, "Có nội dung thừa sau JSON.", "There is something after the JSON.")
    })?;
    Ok(value)
}

fn pointer(path: &str) -> String {
    match path {
        "." | "?" => String::new(),
        path => format!("/{}", path.replace(['.', '['], "/").replace(']', "")),
    }
}

/// The query string as `T`; an unknown parameter is refused by `T` itself.
pub struct Query<T>(Result<T, Problem>);

impl<T> Query<T> {
    /// What was asked, or what is wrong with it.
    pub fn get(self) -> Result<T, Problem> {
        self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = serde_urlencoded::from_str(req.query_string()).map_err(|e| {
            Problem::new(
                Code::BadRequest,
                format!("Tham số không hợp lệ: {e}"),
                format!("A query parameter is not acceptable: {e}"),
            )
        });
        std::future::ready(Ok(Self(parsed)))
    }
}
