//! oEmbed provider (oembed.com): returns the embed code for the URL of a public page.
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::embed_theme::EmbedTheme;
use crate::page_language::split_prefix;
use hoicho_core::i18n::{Language, MessageId};
use hoicho_fair::editions::{
    self,
    store::{EditionRow, Visibility},
};
use hoicho_web::{
    http::{Code, Problem, Query},
    identity::RequestContext,
};

/// Default and maximum size of the frame, in pixels: width, height.
const MAX_SIZE: (u32, u32) = (800, 600);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    Xml,
}

/// oEmbed parameters, and the colours of the embedded page.
#[derive(Debug, Deserialize)]
struct OembedQuery {
    url: String,
    maxwidth: Option<u32>,
    maxheight: Option<u32>,
    #[serde(default)]
    format: Format,
    accent: Option<String>,
    background: Option<String>,
    text: Option<String>,
}

#[derive(Serialize)]
struct Rich {
    version: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    provider_name: &'static str,
    provider_url: String,
    title: String,
    html: String,
    width: u32,
    height: u32,
}

#[derive(Template)]
#[template(path = "embed/oembed.xml")]
struct Xml {
    rich: Rich,
}

#[derive(Template)]
#[template(path = "embed/frame.html")]
struct Frame<'a> {
    base: &'a str,
    slug: &'a str,
    embed_page: &'a str,
    theme_query: &'a str,
    title: &'a str,
    width: u32,
    height: u32,
}

/// What the URL of a public page names.
struct PageUrl {
    slug: String,
    /// Name of the embeddable page.
    embed_page: &'static str,
    /// The language, if the address has one.
    language: Option<Language>,
}

/// Parses the URL of a public page.
fn parse_url(base: &str, url: &str) -> Option<PageUrl> {
    let address = url.strip_prefix(base)?;
    let (language, address) = match split_prefix(address) {
        Some((language, rest)) => (Some(language), rest),
        None => (None, address.to_owned()),
    };
    let path = address.split(['?', '#']).next()?;
    let mut parts = path.strip_prefix("/fairs/")?.trim_end_matches('/').split('/');
    let slug = parts.next().filter(|slug| !slug.is_empty() && !slug.contains('\0'))?.to_owned();
    match (parts.next(), parts.next()) {
        (None, _) => Some(PageUrl { slug, embed_page: "plan", language }),
        (Some("exhibitors"), None) => Some(PageUrl { slug, embed_page: "exhibitors", language }),
        _ => None,
    }
}

fn find_public(tx: &mut hoicho_core::db::Tx<'_>, slug: &str) -> Result<EditionRow, Problem> {
    let id = editions::store::find_by_slug(tx, slug)?;
    editions::store::list_by_ids(tx, Visibility::Public(None), &[id])?.pop().ok_or_else(|| Code::NotFound.into())
}

/// Returns the embed code of a page.
#[get("/oembed")]
pub(super) async fn oembed(
    req: HttpRequest,
    context: web::Data<RequestContext>,
    query: Query<OembedQuery>,
) -> Result<HttpResponse, Problem> {
    let params = query.into_result()?;
    let base = context.base_url(&req);
    let unknown = || Problem::new(Code::NotFound, MessageId("error-not-embeddable"));
    let page = parse_url(&base, &params.url);
    let language = page.as_ref().and_then(|page| page.language);
    let theme = EmbedTheme::new(params.accent, params.background, params.text, language).validate()?;
    let PageUrl { slug, embed_page, .. } = page.ok_or_else(unknown)?;
    let edition = context.db.read(move |tx| find_public(tx, &slug)).await?;
    let width = params.maxwidth.map_or(MAX_SIZE.0, |max| max.min(MAX_SIZE.0));
    let height = params.maxheight.map_or(MAX_SIZE.1, |max| max.min(MAX_SIZE.1));
    let theme_query = theme.page_query();
    let frame = Frame {
        base: &base,
        slug: &edition.slug,
        embed_page,
        theme_query: &theme_query,
        title: &edition.name,
        width,
        height,
    };
    let html = frame.render().map_err(|error| {
        tracing::error!(%error, "failed to render embed code");
        Problem::from(Code::Internal)
    })?;
    let rich = Rich {
        version: "1.0",
        kind: "rich",
        provider_name: "hoicho",
        provider_url: base.clone(),
        title: edition.name,
        html,
        width,
        height,
    };
    match params.format {
        Format::Json => Ok(HttpResponse::Ok().json(rich)),
        Format::Xml => {
            let xml = Xml { rich }.render().map_err(|_| Code::Internal)?;
            Ok(HttpResponse::Ok().content_type("text/xml; charset=utf-8").body(xml))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse_url;

    #[test]
    fn only_public_pages_of_this_host_are_embeddable() {
        let base = "https://hoicho.example";
        let parsed = |path: &str| {
            parse_url(base, &format!("{base}{path}"))
                .map(|page| format!("{} {} {:?}", page.slug, page.embed_page, page.language))
        };
        assert_eq!(parsed("/fairs/xuan-2018").as_deref(), Some("xuan-2018 plan None"));
        assert_eq!(parsed("/fairs/xuan-2018/exhibitors?q=mien").as_deref(), Some("xuan-2018 exhibitors None"));
        assert_eq!(parsed("/en/fairs/xuan-2018").as_deref(), Some("xuan-2018 plan Some(En)"));
        for other in ["/", "/fairs/", "/fairs/x/figures", "/manage/x", "/fairs/x/exhibitors/y", "/en/", "/vi/fairs/x"] {
            assert_eq!(parsed(other), None, "{other}");
        }
        assert!(parse_url(base, "https://evil.example/fairs/x").is_none());
    }
}
