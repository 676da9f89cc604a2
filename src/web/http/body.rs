//! Extractors of JSON bodies and query strings, with a size limit and errors that point at the invalid field.
use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, dev::Payload, error::PayloadError, web};
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::{
    body_timeout,
    code::Code,
    field_code::FieldCode,
    problem::{FieldError, Problem},
    request_shape::Shape,
    size_limits::{MAX_JSON_BYTES, MIB},
};
use hoicho_core::i18n::{LocalizedText, MessageId};

/// A JSON body of type `T`. `T` rejects unknown fields itself (`deny_unknown_fields`).
///
/// The extractors of a handler run concurrently. A parse error is therefore returned only by [`Body::into_result`], after the handler
/// has authorized the caller: unauthorized callers get 401 or 403 regardless of their body.
pub struct Body<T>(Result<T, Problem>);

impl<T> Body<T> {
    /// The parsed body or the parse error.
    pub fn into_result(self) -> Result<T, Problem> {
        self.0
    }
}

impl<T: DeserializeOwned + ToSchema + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;
    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = read(req, payload);
        Box::pin(async move { Ok(Self(bytes.await.and_then(|bytes| parse::<T, T>(&bytes)))) })
    }
}

/// A JSON body that may be left out or null: then it is the default of `T`. Otherwise like [`Body`].
pub struct OptionalBody<T>(Result<T, Problem>);

impl<T> OptionalBody<T> {
    /// The parsed body, the default, or the parse error.
    pub fn into_result(self) -> Result<T, Problem> {
        self.0
    }
}

impl<T: DeserializeOwned + Default + ToSchema + 'static> FromRequest for OptionalBody<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;
    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = read(req, payload);
        Box::pin(async move {
            let parse_if_sent = |bytes: web::Bytes| {
                let sent = if bytes.is_empty() { None } else { parse::<Option<T>, T>(&bytes)? };
                Ok(sent.unwrap_or_default())
            };
            Ok(Self(bytes.await.and_then(parse_if_sent)))
        })
    }
}

/// Reads at most [`MAX_JSON_BYTES`].
fn read(req: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<web::Bytes, Problem>> + use<> {
    let bytes = web::Bytes::from_request(req, payload);
    async move {
        bytes.await.map_err(|e| match e.as_response_error().status_code() {
            actix_web::http::StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
                Code::TooLarge,
                MessageId("error-body-too-large").with_number("max_mb", MAX_JSON_BYTES / MIB),
            ),
            _ => e.as_error::<PayloadError>().map_or(Code::BadRequest.into(), body_timeout::to_problem),
        })
    }
}

/// Parses a body as `P`, whose objects are where the schema of `T` has them.
fn parse<P: DeserializeOwned, T: ToSchema + 'static>(bytes: &[u8]) -> Result<P, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| {
        let path = e.path().to_string();
        let inner = e.inner();
        if inner.is_data() {
            let error = FieldError {
                pointer: pointer(&path),
                code: FieldCode::Unexpected,
                detail: localize_serde_error(&inner.to_string()),
            };
            Problem::with_errors(Code::Invalid, vec![error])
        } else {
            Problem::new(Code::BadRequest, MessageId("error-invalid-json").with_args(&[("inner", &inner)]))
        }
    })?;
    reader.end().map_err(|_| Problem::new(Code::BadRequest, MessageId("error-json-trailing-data")))?;
    // Most bodies have no array at all.
    if bytes.contains(&b'[')
        && let Ok(json) = serde_json::from_slice(bytes)
        && let Some(pointer) = Shape::of::<T>().find_array(&json)
    {
        let detail = localize_serde_error("invalid type: sequence, expected struct");
        return Err(Problem::with_errors(
            Code::Invalid,
            vec![FieldError { pointer, code: FieldCode::Unexpected, detail }],
        ));
    }
    Ok(value)
}

/// Localizes a serde error message. Serde uses few phrases, which are translated term by term; names are API identifiers.
pub fn localize_serde_error(message: &str) -> LocalizedText {
    // The position "… at line 1 column 7" is redundant because the error has a JSON pointer.
    let message = message.split(" at line ").next().unwrap_or(message);
    let terms = [
        ("missing field", "thiếu trường"),
        ("unknown field", "không có trường"),
        ("duplicate field", "lặp trường"),
        ("unknown variant", "không có giá trị"),
        ("invalid type:", "sai kiểu:"),
        ("invalid value:", "sai giá trị:"),
        ("invalid length", "sai độ dài"),
        ("there are no fields", "không có trường nào"),
        ("expected one of", "cần một trong"),
        ("expected a sequence", "cần một danh sách"),
        ("expected a string", "cần chuỗi ký tự"),
        ("expected", "cần"),
        ("floating point", "số thập phân"),
        ("integer", "số nguyên"),
        ("boolean", "đúng/sai"),
        ("string", "chuỗi"),
        ("sequence", "danh sách"),
        ("struct", "đối tượng"),
        (" or ", " hoặc "),
    ];
    let vi = terms.iter().fold(message.to_owned(), |message, (en, vi)| message.replace(en, vi));
    MessageId("error-invalid-value").with_args(&[]).with_text("reason", LocalizedText::verbatim(vi, message)).localize()
}

fn pointer(path: &str) -> String {
    match path {
        "." | "?" => String::new(),
        path => format!("/{}", path.replace(['.', '['], "/").replace(']', "")),
    }
}

/// The query string as `T`. `T` rejects unknown parameters itself; the error is returned by [`Query::into_result`].
pub struct Query<T>(Result<T, Problem>);

impl<T> Query<T> {
    /// The parsed query or the parse error.
    pub fn into_result(self) -> Result<T, Problem> {
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
                MessageId("error-query-parameter")
                    .with_args(&[])
                    .with_text("reason", localize_serde_error(&e.to_string())),
            )
        });
        std::future::ready(Ok(Self(parsed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Request {
        #[expect(dead_code, reason = "only the type of the field matters")]
        amount: i64,
    }

    #[test]
    fn parse_error_is_localized_and_has_a_pointer() {
        let parse_error = |body: &str| {
            let problem = parse::<Request, Request>(body.as_bytes()).expect_err(body);
            let error = problem.errors.into_iter().next().expect(body);
            (error.pointer, error.detail.vi, error.detail.en)
        };
        let (pointer, vi, en) = parse_error(r#"{"amount":"x"}"#);
        assert_eq!(pointer, "/amount");
        assert_eq!(vi, "Giá trị không hợp lệ: sai kiểu: chuỗi \"x\", cần i64.");
        assert_eq!(en, "Invalid value: invalid type: string \"x\", expected i64.");
        assert_eq!(parse_error("{}").1, "Giá trị không hợp lệ: thiếu trường `amount`.");
    }
}
