//! Integration with other sites: embeddable pages, oEmbed, news feeds, `sitemap.xml` and `robots.txt`.
//!
//! Invariant: embeddable pages show public data only, run no scripts and set no cookies; only they may be framed by
//! other origins.
mod feeds;
mod frames;
mod look;
mod oembed;

use actix_web::web;

/// Path prefix of embeddable pages; only these may be framed by other origins.
pub(super) const PREFIX: &str = "/embed/";

/// Registers the routes.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(look::colours)
        .service(frames::frame_plan)
        .service(frames::frame_exhibitors)
        .service(oembed::oembed)
        .service(feeds::show_news)
        .service(feeds::sitemap)
        .service(feeds::robots);
}
