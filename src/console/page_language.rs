//! Language and addresses of pages: `/fairs/x` in the language of the browser, `/en/fairs/x` in English, so that search engines find both.
//! A middleware before the router removes the prefix: each page has one route.
use actix_web::{
    HttpMessage, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Uri, uri::PathAndQuery},
    middleware::Next,
};
use strum::VariantArray;

use hoicho_core::i18n::Language;
use hoicho_web::http::preferred_language;

/// Cookie with the selected language.
pub(super) const LANGUAGE_COOKIE: &str = "hoicho_lang";

/// The language that the address names; in the request's extensions.
#[derive(Debug, Clone, Copy)]
struct AddressLanguage(Language);

/// How the language of a response was found; in the request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LanguageSource {
    /// The address names it.
    Address,
    /// The cookie or `Accept-Language`.
    Headers,
}

/// Prefix of the addresses in a language. Addresses without a prefix are in the language of the browser: Vietnamese for crawlers.
fn path_prefix(language: Language) -> &'static str {
    match language {
        Language::Vi => "",
        Language::En => "/en",
    }
}

/// Whether a path without a prefix is that of a page that everyone may read: only these have an address in each language.
fn is_public_page(path: &str) -> bool {
    matches!(path, "/" | "/privacy") || ["/fairs/", "/exhibitors/"].iter().any(|folder| path.starts_with(folder))
}

/// The language that the prefix names, and the path and query without it; `None` without a prefix.
pub(super) fn split_prefix(path_and_query: &str) -> Option<(Language, String)> {
    let with_prefix = |language: &Language| {
        let prefix = Some(path_prefix(*language)).filter(|prefix| !prefix.is_empty())?;
        let rest = path_and_query.strip_prefix(prefix)?;
        let rest = match rest.chars().next() {
            Some('/') => rest.to_owned(),
            Some('?') | None => format!("/{rest}"),
            Some(_) => return None,
        };
        is_public_page(rest.split('?').next().unwrap_or_default()).then_some((*language, rest))
    };
    Language::VARIANTS.iter().find_map(with_prefix)
}

/// Middleware: removes the language from the address of a public page.
pub async fn remove_language_prefix<B: MessageBody + 'static>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let split = req.uri().path_and_query().and_then(|address| split_prefix(address.as_str()));
    if let Some((language, rest)) = split
        && let Some(uri) = with_path_and_query(req.uri(), &rest)
    {
        req.match_info_mut().get_mut().update(&uri);
        req.head_mut().uri = uri;
        req.extensions_mut().insert(AddressLanguage(language));
    }
    Ok(next.call(req).await?.map_into_boxed_body())
}

fn with_path_and_query(uri: &Uri, path_and_query: &str) -> Option<Uri> {
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query.parse::<PathAndQuery>().ok()?);
    Uri::from_parts(parts).ok()
}

fn address_language(req: &HttpRequest) -> Option<Language> {
    req.extensions().get::<AddressLanguage>().map(|language| language.0)
}

/// The language in the cookie.
pub(super) fn cookie_language(req: &HttpRequest) -> Option<Language> {
    req.cookie(LANGUAGE_COOKIE).and_then(|c| c.value().parse().ok())
}

/// The language of a request: that of the address, else the cookie, else `Accept-Language`, else Vietnamese.
pub(super) fn request_language(req: &HttpRequest) -> Language {
    let in_address = address_language(req);
    let source = if in_address.is_some() { LanguageSource::Address } else { LanguageSource::Headers };
    req.extensions_mut().insert(source);
    in_address.or_else(|| cookie_language(req)).unwrap_or_else(|| preferred_language(req))
}

/// How the language of the response was found; `None` if it has none.
pub(super) fn language_source(req: &HttpRequest) -> Option<LanguageSource> {
    req.extensions().get::<LanguageSource>().copied()
}

/// Prefix of links from this page to other public pages, so that a visit stays in the language of its address.
pub(super) fn link_prefix(req: &HttpRequest) -> &'static str {
    address_language(req).map_or("", path_prefix)
}

/// The addresses of a public page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PublicAddress {
    base: String,
    prefix: &'static str,
    path: String,
}

impl PublicAddress {
    /// Of the requested page; `None` unless it is public. `base` is the base of our addresses.
    pub(super) fn find(req: &HttpRequest, base: String) -> Option<Self> {
        is_public_page(req.path()).then(|| Self { base, prefix: link_prefix(req), path: req.path().to_owned() })
    }

    /// Replaces the identifier of an edition in the path by its slug: a page has one canonical address.
    pub(super) fn set_edition(&mut self, slug: &str) {
        let mut segments: Vec<&str> = self.path.split('/').collect();
        if let [_, "fairs", edition, ..] = segments.as_mut_slice() {
            *edition = slug;
            self.path = segments.join("/");
        }
    }

    /// The address of the page in the language of this address, without a query.
    pub(super) fn canonical(&self) -> String {
        format!("{}{}{}", self.base, self.prefix, self.path)
    }

    /// The address for each value of `hreflang`.
    pub(super) fn alternates(&self) -> [(&'static str, String); 3] {
        page_alternates(&self.base, &self.path)
    }
}

/// The address of a public page in a language.
pub(super) fn page_address(base: &str, language: Language, path: &str) -> String {
    format!("{base}{}{path}", path_prefix(language))
}

/// The address of a public page for each value of `hreflang`. `x-default` chooses the language by the browser.
pub(super) fn page_alternates(base: &str, path: &str) -> [(&'static str, String); 3] {
    let [vietnamese, english] = [Language::Vi, Language::En].map(|language| page_address(base, language, path));
    [(Language::Vi.tag(), vietnamese.clone()), (Language::En.tag(), english), ("x-default", vietnamese)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_pages_have_an_english_address() {
        for (address, path) in [
            ("/en", "/"),
            ("/en/", "/"),
            ("/en?x=1", "/?x=1"),
            ("/en/fairs/x?q=%20a", "/fairs/x?q=%20a"),
            ("/en/fairs/x/news.atom", "/fairs/x/news.atom"),
            ("/en/exhibitors/1", "/exhibitors/1"),
            ("/en/privacy", "/privacy"),
        ] {
            assert_eq!(split_prefix(address), Some((Language::En, path.to_owned())), "{address}");
        }
        for other in [
            "/",
            "/fairs/en",
            "/enfairs/x",
            "/en/en/fairs/x",
            "/en/login",
            "/en/api/v1/editions",
            "/en//",
            "/enprivacy",
        ] {
            assert_eq!(split_prefix(other), None, "{other}");
        }
    }

    #[test]
    fn canonical_address_has_the_slug_and_the_language() {
        let mut address =
            PublicAddress { base: "https://x.example".into(), prefix: "/en", path: "/fairs/1/figures".into() };
        address.set_edition("xuan-2018");
        assert_eq!(address.canonical(), "https://x.example/en/fairs/xuan-2018/figures");
        let vietnamese = "https://x.example/fairs/xuan-2018/figures".to_owned();
        let english = "https://x.example/en/fairs/xuan-2018/figures".to_owned();
        assert_eq!(address.alternates(), [("vi", vietnamese.clone()), ("en", english), ("x-default", vietnamese)]);
        let mut home = PublicAddress { base: "https://x.example".into(), prefix: "", path: "/".into() };
        home.set_edition("xuan-2018");
        assert_eq!(home.canonical(), "https://x.example/");
    }
}
