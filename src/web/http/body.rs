//! What callers send: JSON bodies and query strings, with limits, and problems that point at the field.
use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, dev::Payload, error::PayloadError, web};
use serde::de::DeserializeOwned;

use super::{
    problem::{Code, FieldError, Problem},
    slow,
};
use hoicho_core::i18n::{Said, Text};

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
                actix_web::http::StatusCode::PAYLOAD_TOO_LARGE => {
                    Problem::new(Code::TooLarge, Said("the-body-is-over-2-mb-please"))
                }
                _ => e.as_error::<PayloadError>().map_or(Code::BadRequest.into(), slow::fault),
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
                    detail: unexpected(&inner.to_string()),
                }],
            }
        } else {
            Problem::new(Code::BadRequest, Said("this-is-not-valid-json-inner").with(&[("inner", &inner)]))
        }
    })?;
    reader.end().map_err(|_| Problem::new(Code::BadRequest, Said("there-is-something-after-the-json")))?;
    Ok(value)
}

/// What serde says, in both languages: its sentences are few, and their words are the API's own names.
pub fn unexpected(said: &str) -> Text {
    // "… at line 1 column 7" says nothing to whom the pointer says it all.
    let said = said.split(" at line ").next().unwrap_or(said);
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
    let vi = terms.iter().fold(said.to_owned(), |said, (en, vi)| said.replace(en, vi));
    Said("this-cannot-be-taken").with(&[]).and("said", Text::verbatim(vi, said)).text()
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
            Problem::new(Code::BadRequest, Said("a-query-parameter").with(&[]).and("fault", unexpected(&e.to_string())))
        });
        std::future::ready(Ok(Self(parsed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        #[expect(dead_code, reason = "only its type matters")]
        amount: i64,
    }

    #[test]
    fn a_fault_is_told_in_both_languages_and_pointed_at() {
        let told = |body: &str| {
            let problem = parse::<Asked>(body.as_bytes()).expect_err(body);
            let error = problem.errors.into_iter().next().expect(body);
            (error.pointer, error.detail.vi, error.detail.en)
        };
        let (pointer, vi, en) = told(r#"{"amount":"x"}"#);
        assert_eq!(pointer, "/amount");
        assert_eq!(vi, "Giá trị không dùng được: sai kiểu: chuỗi \"x\", cần i64.");
        assert_eq!(en, "This cannot be taken: invalid type: string \"x\", expected i64.");
        assert_eq!(told("{}").1, "Giá trị không dùng được: thiếu trường `amount`.");
    }
}
