//! Integration with other sites: embeddable pages, oEmbed, news feeds, `sitemap.xml` and `robots.txt`.
//!
//! Invariant: embeddable pages show public data only, run no scripts and set no cookies; only they may be framed by
//! other origins.
mod embed_pages;
mod embed_theme;
mod feeds;
mod oembed;
mod sitemap;

use actix_web::web;

/// Path prefix of embeddable pages; only these may be framed by other origins.
pub(super) const EMBED_PREFIX: &str = "/embed/";

/// Registers the routes.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(embed_theme::colours)
        .service(embed_pages::embed_floor_plan)
        .service(embed_pages::embed_exhibitors)
        .service(oembed::oembed)
        .service(feeds::show_news)
        .service(sitemap::sitemap)
        .service(sitemap::sitemap_file)
        .service(sitemap::robots);
}
