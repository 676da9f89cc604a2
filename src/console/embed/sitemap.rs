//! `sitemap.xml` with all public pages in each language, split into files where there are many, and `robots.txt`.
use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use askama::Template;
use strum::VariantArray;

use crate::{
    page_language::{page_address, page_alternates},
    visitor::store,
};
use hoicho_core::{db::Tx, i18n::Language, states::EditionState, values::clock::Instant};
use hoicho_fair::editions::{
    self,
    store::{EditionRow, Visibility},
};
use hoicho_web::{
    http::{Code, CpuPool, Problem},
    identity::RequestContext,
};

/// Max pages in a file. Each has an address per language; the protocol (sitemaps.org) allows 50,000 addresses and 50 MB.
const MAX_PAGES: usize = 10_000;

/// A public page.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SitemapPage {
    path: String,
    changed_at: Option<Instant>,
}

/// One address of a page, with its alternates in all languages.
struct Address {
    address: String,
    alternates: [(&'static str, String); 3],
    changed_at: Option<String>,
}

#[derive(Template)]
#[template(path = "embed/sitemap.xml")]
struct Sitemap {
    addresses: Vec<Address>,
}

#[derive(Template)]
#[template(path = "embed/sitemap_index.xml")]
struct SitemapIndex {
    files: Vec<String>,
}

/// The part of `0..first` and of what follows it, `0..second`, that a file with the pages `from..to` has.
fn split_range(from: usize, to: usize, first: usize) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
    (from.min(first)..to.min(first), from.saturating_sub(first)..to.saturating_sub(first))
}

/// The start page and the pages of editions.
fn edition_pages(tx: &mut Tx<'_>) -> Result<Vec<SitemapPage>, Problem> {
    let changes = store::changes_of_editions(tx)?;
    let page = |path: String, changed_at| SitemapPage { path, changed_at };
    let mut pages = vec![page("/".to_owned(), changes.values().copied().max()), page("/privacy".to_owned(), None)];
    let mut after = String::new();
    loop {
        let editions = editions::store::list_page(tx, Visibility::Public(None), &after, 1_000)?;
        for EditionRow { id, slug, state, .. } in &editions {
            let changed_at = changes.get(id).copied();
            pages.extend(["", "/exhibitors"].map(|name| page(format!("/fairs/{slug}{name}"), changed_at)));
            if *state == EditionState::Finalised {
                pages.push(page(format!("/fairs/{slug}/figures"), changed_at));
            }
        }
        match editions.into_iter().last() {
            Some(last) => after = last.slug,
            None => return Ok(pages),
        }
    }
}

/// The number of files, and the pages in a file; files are numbered from 1.
fn load_file(tx: &mut Tx<'_>, number: usize) -> Result<(usize, Vec<SitemapPage>), Problem> {
    let mut pages = edition_pages(tx)?;
    let exhibitors = store::count_public_exhibitors(tx)?;
    let files = (pages.len() + usize::try_from(exhibitors).unwrap_or_default()).div_ceil(MAX_PAGES);
    let from = number.saturating_sub(1).saturating_mul(MAX_PAGES);
    let (of_editions, of_exhibitors) = split_range(from, from.saturating_add(MAX_PAGES), pages.len());
    pages = pages.drain(of_editions).collect();
    let exhibitors = store::public_exhibitors_with_changes(tx, of_exhibitors)?;
    pages.extend(
        exhibitors.into_iter().map(|(id, changed_at)| SitemapPage { path: format!("/exhibitors/{id}"), changed_at }),
    );
    Ok((files, pages))
}

fn addresses(base: &str, pages: Vec<SitemapPage>) -> Vec<Address> {
    let in_all_languages = |page: SitemapPage| {
        let alternates = page_alternates(base, &page.path);
        let changed_at = page.changed_at.map(|at| at.and_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string());
        let address = move |language: &Language| Address {
            address: page_address(base, *language, &page.path),
            alternates: alternates.clone(),
            changed_at: changed_at.clone(),
        };
        Language::VARIANTS.iter().map(address).collect::<Vec<_>>()
    };
    pages.into_iter().flat_map(in_all_languages).collect()
}

async fn xml_response(
    context: &RequestContext,
    template: impl Template + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let rendered = CpuPool::shared().run(move || template.render()).await?;
    let xml = rendered.map_err(|error| {
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

/// Sitemap of all public pages, or an index of its files.
#[get("/sitemap.xml")]
pub(super) async fn sitemap(req: HttpRequest, context: web::Data<RequestContext>) -> Result<HttpResponse, Problem> {
    let (files, pages) = context.db.read(|tx| load_file(tx, 1)).await?;
    let base = context.base_url(&req);
    if files > 1 {
        let files = (1..=files).map(|number| format!("{base}/sitemap-{number}.xml")).collect();
        return xml_response(&context, SitemapIndex { files }).await;
    }
    xml_response(&context, Sitemap { addresses: addresses(&base, pages) }).await
}

/// A file of the sitemap.
#[get("/sitemap-{number:\\d+}.xml")]
pub(super) async fn sitemap_file(
    req: HttpRequest,
    number: web::Path<u32>,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    let number = usize::try_from(number.into_inner()).map_err(|_| Code::NotFound)?;
    let (_, pages) = context.db.read(move |tx| load_file(tx, number)).await?;
    if number == 0 || pages.is_empty() {
        return Err(Code::NotFound.into());
    }
    xml_response(&context, Sitemap { addresses: addresses(&context.base_url(&req), pages) }).await
}

/// Excludes private pages from crawling, and `/look`, whose links are on every page.
#[get("/robots.txt")]
pub(super) async fn robots(req: HttpRequest, context: web::Data<RequestContext>) -> HttpResponse {
    let base = context.base_url(&req);
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(format!(
        "User-agent: *\nDisallow: /look\nDisallow: /login\nDisallow: /manage/\nDisallow: /form/\nSitemap: {base}/sitemap.xml\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_each_page_once() {
        for (editions, exhibitors) in [(0_usize, 0_usize), (7, 0), (0, 25), (12, 31), (30, 10)] {
            let mut seen = (Vec::new(), Vec::new());
            for file in 0..(editions + exhibitors).div_ceil(10) {
                let (of_editions, of_exhibitors) = split_range(file * 10, file * 10 + 10, editions);
                seen.0.extend(of_editions);
                seen.1.extend(of_exhibitors.take_while(|n| *n < exhibitors));
            }
            assert_eq!(seen, ((0..editions).collect::<Vec<_>>(), (0..exhibitors).collect::<Vec<_>>()));
        }
    }
}
