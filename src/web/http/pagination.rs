//! Keyset pagination: the cost of a page does not depend on its offset.
use actix_web::{HttpRequest, HttpResponse, http::header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hoicho_core::i18n::MessageId;
use serde::{Deserialize, Serialize};

use super::{code::Code, problem::Problem};

/// Max page size.
pub const MAX_PAGE_SIZE: u16 = 500;

/// `?limit=` (default 50, at most 500) and `?cursor=`.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// Page size: 1 to 500, default 50.
    pub limit: Option<u16>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// The validated page size.
    pub fn limit(&self) -> Result<i64, Problem> {
        match self.limit.unwrap_or(50) {
            limit @ 1..=MAX_PAGE_SIZE => Ok(i64::from(limit)),
            _ => Err(Problem::new(Code::BadRequest, MessageId("error-limit-range"))),
        }
    }
    /// The decoded cursor: the key after which the page starts; empty for the first page.
    pub fn decode_cursor(&self) -> Result<String, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(String::new()) };
        decode_cursor(cursor).ok_or_else(|| Problem::new(Code::BadRequest, MessageId("error-invalid-cursor")))
    }
    /// The decoded cursor as an identifier, for lists sorted by identifier; `None` for the first page.
    pub fn decode_id_cursor<T: std::str::FromStr>(&self) -> Result<Option<T>, Problem> {
        let key = self.decode_cursor()?;
        if key.is_empty() {
            return Ok(None);
        }
        key.parse().map(Some).map_err(|_| Problem::new(Code::BadRequest, MessageId("error-invalid-cursor")))
    }
}

/// Encodes a key as an opaque cursor.
pub fn encode_cursor(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

/// Decodes a cursor; `None` if it is malformed.
pub fn decode_cursor(cursor: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    String::from_utf8(bytes).ok().filter(|key| !key.contains('\0'))
}

/// Truncates rows to `limit`; returns whether there were more.
pub fn truncate<T>(rows: &mut Vec<T>, limit: i64) -> bool {
    let limit = usize::try_from(limit).unwrap_or(500);
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    has_more
}

/// The `Link` header to the next page: the same request with `cursor`.
pub fn next_link(req: &HttpRequest, cursor: &str) -> (header::HeaderName, String) {
    let others = req.query_string().split('&').filter(|p| !p.is_empty() && !p.starts_with("cursor="));
    let query: Vec<&str> = others.collect();
    let suffix = if query.is_empty() { String::new() } else { format!("&{}", query.join("&")) };
    (header::LINK, format!("<{}?cursor={cursor}{suffix}>; rel=\"next\"", req.path()))
}

/// A page of `T`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Cursor of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl<T: Serialize> Page<T> {
    /// Builds a page of `limit` rows from a query result of up to `limit + 1` rows; `key` returns the keyset of a row.
    pub fn from_rows(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> String) -> Self {
        let has_more = truncate(&mut rows, limit);
        let next_cursor = has_more.then(|| rows.last().map(|last| encode_cursor(&key(last)))).flatten();
        Self { items: rows, next_cursor }
    }
    /// Builds the response, with a `Link` header to the next page.
    pub fn into_response(self, req: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        if let Some(cursor) = &self.next_cursor {
            response.insert_header(next_link(req, cursor));
        }
        response.json(self)
    }
}
