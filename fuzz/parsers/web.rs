//! Fuzz targets of `hoicho-web`: what requests contain.
use actix_web::{
    http::header::{self, HeaderValue},
    test::TestRequest,
};
use chrono::NaiveDate;
use hoicho_web::http::{conditional_get, etag, idempotency, pagination};

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// The cursor of a page of a list.
pub fn cursor(bytes: &[u8]) {
    if let Some(key) = pagination::decode_cursor(text(bytes)) {
        assert_eq!(pagination::encode_cursor(&key), text(bytes), "a key has one cursor");
    }
}

/// `If-Match` and `If-None-Match`.
pub fn entity_tag(bytes: &[u8]) {
    if let Some(version) = etag::parse(text(bytes)) {
        assert!(version >= 0);
        assert_eq!(etag::parse(&etag::header(version).1), Some(version));
    }
    let current = HeaderValue::from_static("\"v3\"");
    let matches = |sent: HeaderValue| {
        let request = TestRequest::default().insert_header((header::IF_NONE_MATCH, sent)).to_http_request();
        conditional_get::matches_etag(&request, &current)
    };
    assert!(matches(current.clone()));
    if let Ok(sent) = HeaderValue::from_bytes(bytes) {
        let _ = matches(sent);
    }
}

/// `Idempotency-Key`.
pub fn idempotency_key(bytes: &[u8]) {
    let Ok(header) = HeaderValue::from_bytes(bytes) else { return };
    if let Some(key) = idempotency::parse_key(&header) {
        assert!((1..=255).contains(&key.len()) && !key.contains('\0'));
    }
}

/// A day in a path or a body.
pub fn date(bytes: &[u8]) {
    if let Ok(day) = text(bytes).parse::<NaiveDate>() {
        assert_eq!(day.to_string().parse(), Ok(day));
    }
}
