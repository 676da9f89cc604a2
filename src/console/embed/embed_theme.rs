//! Theme of an embedded page: colours and language, set by the embedding site in the query.
use actix_web::{HttpResponse, get, http::header};
use serde::Deserialize;

use crate::page_context::PageContext;
use hoicho_core::i18n::{Language, Localizer, MessageId};
use hoicho_web::http::{Code, Problem, Query};

/// Theme parameters. Colours are six hexadecimal digits without `#`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EmbedTheme {
    accent: Option<String>,
    background: Option<String>,
    text: Option<String>,
    /// `vi` or `en`; the default is the language of the browser.
    lang: Option<Language>,
}

impl EmbedTheme {
    /// Validates the colours. Required because they are inserted into a stylesheet.
    ///
    /// # Errors
    /// `bad_request` for a value that is not six hexadecimal digits.
    pub(super) fn validate(self) -> Result<Self, Problem> {
        let is_valid = |colour: &Option<String>| {
            colour.as_ref().is_none_or(|c| c.len() == 6 && c.bytes().all(|b| b.is_ascii_hexdigit()))
        };
        if is_valid(&self.accent) && is_valid(&self.background) && is_valid(&self.text) {
            return Ok(self);
        }
        Err(Problem::new(Code::BadRequest, MessageId("error-invalid-colour")))
    }

    /// Applies the language to the page context.
    pub(super) fn apply_language(&self, mut page: PageContext) -> PageContext {
        if let Some(language) = self.lang {
            page.localizer = Localizer(language);
        }
        page
    }

    /// Creates a theme; without a language, the page is in that of the browser.
    pub(super) fn new(
        accent: Option<String>,
        background: Option<String>,
        text: Option<String>,
        lang: Option<Language>,
    ) -> Self {
        Self { accent, background, text, lang }
    }

    /// URL path of the stylesheet.
    pub(super) fn stylesheet_path(&self) -> String {
        format!("/embed/colours.css?{}", self.query_string())
    }

    fn colours(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let pairs = [("accent", &self.accent), ("background", &self.background), ("text", &self.text)];
        pairs.into_iter().filter_map(|(name, colour)| Some((name, colour.as_deref()?)))
    }

    /// The colours as a query string.
    fn query_string(&self) -> String {
        serde_urlencoded::to_string(self.colours().collect::<Vec<_>>()).unwrap_or_default()
    }

    /// The colours and the language as the query string of an embedded page.
    pub(super) fn page_query(&self) -> String {
        let language = self.lang.map(|language| ("lang", language.tag()));
        serde_urlencoded::to_string(self.colours().chain(language).collect::<Vec<_>>()).unwrap_or_default()
    }
}

/// Stylesheet with the colours as CSS variables.
#[get("/embed/colours.css")]
pub(super) async fn colours(query: Query<EmbedTheme>) -> Result<HttpResponse, Problem> {
    let theme = query.into_result()?.validate()?;
    let mut css = String::from(":root{");
    let mut set = |names: &[&str], colour: &Option<String>| {
        for (name, colour) in names.iter().zip(std::iter::repeat(colour)) {
            if let Some(colour) = colour {
                css += &format!("--{name}:#{colour};");
            }
        }
    };
    set(&["brand", "brand-strong", "accent"], &theme.accent);
    set(&["ground", "surface"], &theme.background);
    set(&["ink", "soft"], &theme.text);
    css += "}body{min-height:0;padding:.5rem}";
    Ok(HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .body(css))
}
