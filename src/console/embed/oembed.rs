//! oEmbed: a site that is given the address of one of our pages asks what to show of it.
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::look::Look;
use hoicho_core::i18n::Said;
use hoicho_fair::editions::{
    self,
    store::{EditionRow, Listed},
};
use hoicho_web::http::{Code, Problem, Query};
use hoicho_web::identity::RequestContext;

/// A frame's size unless told.
const SIZE: (u32, u32) = (800, 600);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    Xml,
}

/// As oembed.com has it, and the look of a frame beside it.
#[derive(Debug, Deserialize)]
struct Asked {
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
    what: &'a str,
    look: &'a str,
    title: &'a str,
    width: u32,
    height: u32,
}

/// Which edition a page of ours is about, and whether it is the list of exhibitors.
fn named<'u>(base: &str, url: &'u str) -> Option<(&'u str, &'static str)> {
    let path = url.strip_prefix(base)?.split(['?', '#']).next()?;
    let mut parts = path.strip_prefix("/fairs/")?.trim_end_matches('/').split('/');
    let slug = parts.next().filter(|s| !s.is_empty())?;
    match (parts.next(), parts.next()) {
        (None, _) => Some((slug, "plan")),
        (Some("exhibitors"), None) => Some((slug, "exhibitors")),
        _ => None,
    }
}

fn public(tx: &mut hoicho_core::db::Tx<'_>, slug: &str) -> Result<EditionRow, Problem> {
    let id = editions::store::by_slug(tx, slug)?;
    editions::store::by_ids(tx, Listed::Public(None), &[id])?.pop().ok_or_else(|| Code::NotFound.into())
}

/// What to show of a page of ours.
#[get("/oembed")]
pub(super) async fn oembed(
    req: HttpRequest,
    context: web::Data<RequestContext>,
    query: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let asked = query.get()?;
    let look = Look::of(asked.accent, asked.background, asked.text).checked()?;
    let base = context.base_url(&req);
    let unknown = || Problem::new(Code::NotFound, Said("this-is-no-page-that-can-be-shown"));
    let (slug, what) = named(&base, &asked.url).filter(|(slug, _)| !slug.contains('\0')).ok_or_else(unknown)?;
    let named = slug.to_owned();
    let edition = context.db.read(move |tx| public(tx, &named)).await?;
    let width = asked.maxwidth.map_or(SIZE.0, |most| most.min(SIZE.0));
    let height = asked.maxheight.map_or(SIZE.1, |most| most.min(SIZE.1));
    let query = look.query();
    let frame = Frame { base: &base, slug: &edition.slug, what, look: &query, title: &edition.name, width, height };
    let html = frame.render().map_err(|error| {
        tracing::error!(%error, "a frame could not be written");
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
    match asked.format {
        Format::Json => Ok(HttpResponse::Ok().json(rich)),
        Format::Xml => {
            let xml = Xml { rich }.render().map_err(|_| Code::Internal)?;
            Ok(HttpResponse::Ok().content_type("text/xml; charset=utf-8").body(xml))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn only_pages_of_ours_are_shown() {
        let base = "https://hoicho.example";
        let of = |path: &str| named(base, &format!("{base}{path}")).map(|(slug, what)| format!("{slug} {what}"));
        assert_eq!(of("/fairs/xuan-2018").as_deref(), Some("xuan-2018 plan"));
        assert_eq!(of("/fairs/xuan-2018/exhibitors?q=mien").as_deref(), Some("xuan-2018 exhibitors"));
        for other in ["/", "/fairs/", "/fairs/x/figures", "/manage/x", "/fairs/x/exhibitors/y"] {
            assert_eq!(of(other), None, "{other}");
        }
        assert_eq!(named(base, "https://evil.example/fairs/x"), None);
    }
}
