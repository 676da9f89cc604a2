//! Pages by keyset: page 10,000 costs what page 1 costs.
use actix_web::{HttpRequest, HttpResponse, http::header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hoicho_core::i18n::Said;
use serde::{Deserialize, Serialize};

use super::problem::{Code, Problem};

/// Rows a page may have.
pub const MOST: u16 = 500;

/// `?limit=` (default 50, at most 500) and `?cursor=`.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// Rows a page: 1 to 500, 50 unless told.
    pub limit: Option<u16>,
    /// Where the last page ended: `next_cursor` of its answer.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// Rows wanted.
    pub fn limit(&self) -> Result<i64, Problem> {
        match self.limit.unwrap_or(50) {
            limit @ 1..=MOST => Ok(i64::from(limit)),
            _ => Err(Problem::new(Code::BadRequest, Said("limit-must-be-1-to-500"))),
        }
    }
    /// The key after which the page begins; empty for the first page.
    pub fn after(&self) -> Result<String, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(String::new()) };
        decode(cursor).ok_or_else(|| Problem::new(Code::BadRequest, Said("this-cursor-is-not-one-we-gave")))
    }
}

/// A key as callers are given it: to be handed back, not to be read.
pub fn encode(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

/// The key that was given; `None` for what we never gave.
pub fn decode(given: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(given).ok()?;
    String::from_utf8(bytes).ok().filter(|key| !key.contains('\0'))
}

/// Leaves at most `limit` of what was found; tells whether there were more.
pub fn cut<T>(found: &mut Vec<T>, limit: i64) -> bool {
    let limit = usize::try_from(limit).unwrap_or(500);
    let more = found.len() > limit;
    found.truncate(limit);
    more
}

/// The header that names the next page: the same request, from `cursor` on.
pub fn link(req: &HttpRequest, cursor: &str) -> (header::HeaderName, String) {
    let kept = req.query_string().split('&').filter(|p| !p.is_empty() && !p.starts_with("cursor="));
    let query: Vec<&str> = kept.collect();
    let more = if query.is_empty() { String::new() } else { format!("&{}", query.join("&")) };
    (header::LINK, format!("<{}?cursor={cursor}{more}>; rel=\"next\"", req.path()))
}

/// A page of `T`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl<T: Serialize> Page<T> {
    /// Makes a page of at most `limit` rows out of up to `limit + 1` found; `key` names a row's place.
    pub fn of(mut found: Vec<T>, limit: i64, key: impl Fn(&T) -> String) -> Self {
        let more = cut(&mut found, limit);
        let next_cursor = more.then(|| found.last().map(|last| encode(&key(last)))).flatten();
        Self { items: found, next_cursor }
    }
    /// The answer, with a `Link` to the next page.
    pub fn answer(self, req: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        if let Some(cursor) = &self.next_cursor {
            response.insert_header(link(req, cursor));
        }
        response.json(self)
    }
}

impl PageQuery {
    /// The identifier after which the page begins, for lists in the order their rows were made.
    pub fn after_id<T: std::str::FromStr>(&self) -> Result<Option<T>, Problem> {
        let key = self.after()?;
        if key.is_empty() {
            return Ok(None);
        }
        key.parse().map(Some).map_err(|_| Problem::new(Code::BadRequest, Said("this-cursor-is-not-one-we-gave")))
    }
}
