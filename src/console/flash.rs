//! Flash messages: the result of the last form (success, warnings, errors, submitted values) for the next page. Stored
//! in a cookie, so that no server-side session state is required.
use std::collections::BTreeMap;

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// Cookie name.
pub const FLASH_COOKIE: &str = "hoicho_flash";
/// Max size of the cookie value, in bytes. Browsers are only required to store 4096 bytes per cookie including its
/// name and attributes (RFC 6265, 6.1).
const MAX_COOKIE_BYTES: usize = 3_800;

/// Result of the last form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// Path of the page that shows it, without the query.
    pub path: String,
    /// Key of the success message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success: Option<String>,
    /// What was done in numbers, localized; shown instead of the success message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Newly created secret, to show once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Warnings, localized.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// General errors, localized.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// Validation errors by field name, localized.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub field_errors: BTreeMap<String, String>,
    /// Submitted values by field name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub submitted: BTreeMap<String, Vec<String>>,
}

impl Flash {
    /// Encodes it as a cookie. If it is too long, the submitted values are dropped first, then the field errors.
    pub fn cookie(mut self, secure: bool) -> Cookie<'static> {
        let mut value = self.encode();
        if value.len() > MAX_COOKIE_BYTES {
            self.submitted.clear();
            value = self.encode();
        }
        if value.len() > MAX_COOKIE_BYTES {
            self.field_errors.clear();
            self.errors.truncate(1);
            self.errors.iter_mut().for_each(|error| *error = error.chars().take(500).collect());
            value = self.encode();
        }
        cookie(value, secure).max_age(Duration::seconds(120)).finish()
    }

    fn encode(&self) -> String {
        serde_json::to_vec(self).map(|json| URL_SAFE_NO_PAD.encode(json)).unwrap_or_default()
    }

    /// Decodes the flash message for the page of this request.
    pub fn from_request(req: &HttpRequest) -> Option<Self> {
        let cookie = req.cookie(FLASH_COOKIE)?;
        let json = URL_SAFE_NO_PAD.decode(cookie.value()).ok()?;
        serde_json::from_slice::<Self>(&json).ok().filter(|flash| flash.path == req.path())
    }
}

fn cookie(value: String, secure: bool) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(FLASH_COOKIE, value).path("/").http_only(true).secure(secure).same_site(SameSite::Lax)
}

/// Expired cookie that removes the flash message after it was shown.
pub fn expired_cookie(secure: bool) -> Cookie<'static> {
    cookie(String::new(), secure).max_age(Duration::ZERO).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oversized_flash_is_truncated_to_fit_a_cookie() {
        let flash = Flash {
            path: "/x".into(),
            errors: vec!["Sai".repeat(2_000)],
            submitted: BTreeMap::from([("a".into(), vec!["x".repeat(9_000)])]),
            ..Flash::default()
        };
        let cookie = flash.cookie(false);
        assert!(cookie.value().len() <= MAX_COOKIE_BYTES && !cookie.value().is_empty());
    }
}
