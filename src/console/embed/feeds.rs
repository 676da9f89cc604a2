//! News of an edition as an Atom feed, the sitemap, and what robots may look at.
use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use askama::Template;
use atom_syndication::{Entry, Feed, Link, Person, Text};
use chrono::{DateTime, FixedOffset};

use crate::{
    shell::Shell,
    visitor::store::{self, News},
};
use hoicho_core::{
    db::Tx,
    values::{clock::Instant, ids::ExhibitorId},
};
use hoicho_fair::editions::{
    self, EditionState,
    store::{EditionRow, Listed},
};
use hoicho_web::identity::RequestContext;
use hoicho_web::{
    http::{Code, Problem},
    identity::View,
};

/// Entries of a feed.
const MOST_NEWS: i64 = 50;
/// Addresses of a sitemap: the most that search engines read.
const MOST_ADDRESSES: i64 = 50_000;

fn utc(at: Instant) -> DateTime<FixedOffset> {
    at.and_utc().fixed_offset()
}

fn link(href: String, rel: &str) -> Link {
    Link { href, rel: rel.to_owned(), ..Link::default() }
}

fn entry(s: &Shell, base: &str, edition: &EditionRow, news: News) -> Entry {
    let (title, href) = match news.exhibitor {
        Some((id, name)) => {
            let booth = news.booth.unwrap_or_default();
            (s.fill2("news-exhibitor", "name", &name, "booth", &booth), format!("{base}/exhibitors/{id}"))
        }
        None => (s.fill("news-figures", "name", &edition.name), format!("{base}/fairs/{}/figures", edition.slug)),
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

/// What is new: exhibitors whose booths are let, and the final figures.
#[get("/fairs/{edition}/news.atom")]
pub(super) async fn show_news(
    req: HttpRequest,
    s: Shell,
    permit: View,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    let found = permit.read(|tx, granted| {
        let edition = editions::store::find(tx, granted.edition()?)?;
        let news = store::news(tx, edition.id, MOST_NEWS)?;
        Ok((edition, news))
    });
    let (edition, news) = found.await?;
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
        entries: news.into_iter().map(|n| entry(&s, &base, &edition, n)).collect(),
        ..Feed::default()
    };
    Ok(HttpResponse::Ok().content_type("application/atom+xml; charset=utf-8").body(feed.to_string()))
}

#[derive(Template)]
#[template(path = "embed/sitemap.xml")]
struct Sitemap {
    pages: Vec<String>,
}

fn addresses(tx: &mut Tx<'_>) -> Result<(Vec<EditionRow>, Vec<ExhibitorId>), Problem> {
    let editions = editions::store::page(tx, Listed::Public(None), "", 10_000)?;
    // Each edition has up to three pages.
    let left = MOST_ADDRESSES - 1 - 3 * i64::try_from(editions.len()).unwrap_or(10_000);
    Ok((editions, store::standing_anywhere(tx, left)?))
}

/// Every page that everybody may look at.
#[get("/sitemap.xml")]
pub(super) async fn sitemap(req: HttpRequest, context: web::Data<RequestContext>) -> Result<HttpResponse, Problem> {
    let (editions, exhibitors) = context.db.read(addresses).await?;
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
        tracing::error!(%error, "the sitemap could not be written");
        Problem::from(Code::Internal)
    })?;
    Ok(HttpResponse::Ok()
        .content_type("application/xml; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(xml))
}

/// What robots may look at: what is public, and not the same page in every look.
#[get("/robots.txt")]
pub(super) async fn robots(req: HttpRequest, context: web::Data<RequestContext>) -> HttpResponse {
    let base = context.base_url(&req);
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(format!(
        "User-agent: *\nDisallow: /look\nDisallow: /login\nDisallow: /manage/\nDisallow: /form/\nSitemap: {base}/sitemap.xml\n"
    ))
}
