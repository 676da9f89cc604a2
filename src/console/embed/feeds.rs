//! Atom feed of an edition, `sitemap.xml` and `robots.txt`.
use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use askama::Template;
use atom_syndication::{Entry, Feed, Link, Person, Text};
use chrono::{DateTime, FixedOffset};

use crate::{
    page_context::PageContext,
    visitor::store::{self, NewsEntry},
};
use hoicho_core::{
    db::Tx,
    states::EditionState,
    values::{clock::Instant, ids::ExhibitorId},
};
use hoicho_fair::editions::{
    self,
    store::{EditionRow, Visibility},
};
use hoicho_web::{
    http::{Code, Problem},
    identity::{ReadPermit, RequestContext},
};

/// Max feed entries.
const MAX_NEWS: i64 = 50;
/// Max URLs in a sitemap (sitemaps.org protocol).
const MAX_SITEMAP_URLS: i64 = 50_000;

fn utc(at: Instant) -> DateTime<FixedOffset> {
    at.and_utc().fixed_offset()
}

fn link(href: String, rel: &str) -> Link {
    Link { href, rel: rel.to_owned(), ..Link::default() }
}

fn entry(page: &PageContext, base: &str, edition: &EditionRow, news: NewsEntry) -> Entry {
    let (title, href) = match news.exhibitor {
        Some((id, name)) => {
            let booth = news.booth.unwrap_or_default();
            (page.t_with2("news-exhibitor", "name", &name, "booth", &booth), format!("{base}/exhibitors/{id}"))
        }
        None => (page.t_with("news-figures", "name", &edition.name), format!("{base}/fairs/{}/figures", edition.slug)),
    };
    Entry {
        id: format!("urn:uuid:{}", news.id),
        title: Text::plain(title),
        updated: utc(news.at),
        published: Some(utc(news.at)),
        links: vec![link(href, "alternate")],
        ..Entry::default()
    }
}

/// Atom feed of news: exhibitors with a confirmed booth, and publication of the final figures.
#[get("/fairs/{edition}/news.atom")]
pub(super) async fn show_news(
    req: HttpRequest,
    page: PageContext,
    permit: ReadPermit,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        let news = store::news(tx, edition.id, MAX_NEWS)?;
        Ok((edition, news))
    });
    let (edition, news) = data.await?;
    let base = context.base_url(&req);
    let feed = Feed {
        id: format!("urn:uuid:{}", edition.id),
        title: Text::plain(edition.name.clone()),
        updated: utc(news.first().map_or(edition.created_at, |n| n.at)),
        authors: vec![Person { name: "hoicho".to_owned(), ..Person::default() }],
        links: vec![
            link(format!("{base}/fairs/{}", edition.slug), "alternate"),
            link(format!("{base}/fairs/{}/news.atom", edition.slug), "self"),
        ],
        entries: news.into_iter().map(|n| entry(&page, &base, &edition, n)).collect(),
        ..Feed::default()
    };
    Ok(HttpResponse::Ok().content_type("application/atom+xml; charset=utf-8").body(feed.to_string()))
}

#[derive(Template)]
#[template(path = "embed/sitemap.xml")]
struct Sitemap {
    pages: Vec<String>,
}

fn sitemap_rows(tx: &mut Tx<'_>) -> Result<(Vec<EditionRow>, Vec<ExhibitorId>), Problem> {
    let editions = editions::store::list_page(tx, Visibility::Public(None), "", 10_000)?;
    // Each edition has up to three pages.
    let remaining = MAX_SITEMAP_URLS - 1 - 3 * i64::try_from(editions.len()).unwrap_or(10_000);
    Ok((editions, store::public_exhibitor_ids(tx, remaining)?))
}

/// Sitemap of all public pages.
#[get("/sitemap.xml")]
pub(super) async fn sitemap(req: HttpRequest, context: web::Data<RequestContext>) -> Result<HttpResponse, Problem> {
    let (editions, exhibitors) = context.db.read(sitemap_rows).await?;
    let base = context.base_url(&req);
    let mut pages = vec![format!("{base}/")];
    for EditionRow { slug, state, .. } in &editions {
        pages.extend([format!("{base}/fairs/{slug}"), format!("{base}/fairs/{slug}/exhibitors")]);
        if *state == EditionState::Finalised {
            pages.push(format!("{base}/fairs/{slug}/figures"));
        }
    }
    pages.extend(exhibitors.iter().map(|id| format!("{base}/exhibitors/{id}")));
    let map = Sitemap { pages };
    let xml = map.render().map_err(|error| {
        tracing::error!(%error, "failed to render sitemap");
        Problem::from(Code::Internal)
    })?;
    let mut response = HttpResponse::Ok();
    if context.has_public_url() {
        response.insert_header((header::CACHE_CONTROL, "public, max-age=3600"));
    } else {
        // The links are those of this request.
        response.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::VARY, "host"));
    }
    Ok(response.content_type("application/xml; charset=utf-8").body(xml))
}

/// Excludes private pages from crawling, and `/look`, whose links are on every page.
#[get("/robots.txt")]
pub(super) async fn robots(req: HttpRequest, context: web::Data<RequestContext>) -> HttpResponse {
    let base = context.base_url(&req);
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(format!(
        "User-agent: *\nDisallow: /look\nDisallow: /login\nDisallow: /manage/\nDisallow: /form/\nSitemap: {base}/sitemap.xml\n"
    ))
}
