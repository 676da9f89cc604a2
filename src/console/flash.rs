//! What a page has to say about the form that was just sent: that it is done, or what was wrong with it and what had
//! been typed. It travels in a cookie to the next page, so that no node has to remember it.
use std::collections::BTreeMap;

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// The cookie.
pub const COOKIE: &str = "hoicho_said";
/// Bytes of a cookie that every browser keeps.
const MOST: usize = 3_800;

/// About the last form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The page it is for, without its query.
    pub page: String,
    /// Key of a message: what was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<String>,
    /// What is shown this once: a secret that was just made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<String>,
    /// What was done, but may be a mistake; in the person's language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warned: Vec<String>,
    /// What is wrong, in the person's language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<String>,
    /// What is wrong with each field, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// What had been typed, by the fields' names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub typed: BTreeMap<String, Vec<String>>,
}

impl Flash {
    /// As a cookie for the next page. If all of it is too long, what was typed is left out.
    pub fn cookie(mut self, secure: bool) -> Cookie<'static> {
        let mut value = self.encoded();
        if value.len() > MOST {
            self.typed.clear();
            value = self.encoded();
        }
        if value.len() > MOST {
            self.fields.clear();
            self.wrong.truncate(1);
            self.wrong.iter_mut().for_each(|w| *w = w.chars().take(500).collect());
            value = self.encoded();
        }
        cookie(value, secure).max_age(Duration::seconds(120)).finish()
    }

    fn encoded(&self) -> String {
        serde_json::to_vec(self).map(|json| URL_SAFE_NO_PAD.encode(json)).unwrap_or_default()
    }

    /// What was said for the page of this request.
    pub fn of(req: &HttpRequest) -> Option<Self> {
        let cookie = req.cookie(COOKIE)?;
        let json = URL_SAFE_NO_PAD.decode(cookie.value()).ok()?;
        serde_json::from_slice::<Self>(&json).ok().filter(|flash| flash.page == req.path())
    }
}

fn cookie(value: String, secure: bool) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(COOKIE, value).path("/").http_only(true).secure(secure).same_site(SameSite::Lax)
}

/// Takes the cookie away: it is said once.
pub fn said(secure: bool) -> Cookie<'static> {
    cookie(String::new(), secure).max_age(Duration::ZERO).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_for_a_cookie_is_cut_to_what_matters() {
        let flash = Flash {
            page: "/x".into(),
            wrong: vec!["Sai".repeat(2_000)],
            typed: BTreeMap::from([("a".into(), vec!["x".repeat(9_000)])]),
            ..Flash::default()
        };
        let cookie = flash.cookie(false);
        assert!(cookie.value().len() <= MOST && !cookie.value().is_empty());
    }
}
