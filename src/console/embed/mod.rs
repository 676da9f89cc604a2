//! What other sites show of ours: frames in their colours, oEmbed, news feeds, and what search engines ask for.
//!
//! Invariant: a frame shows what everybody may see, runs no script and keeps no cookie; it may stand on any site, unlike
//! every other page.
mod feeds;
mod frames;
mod look;
mod oembed;

use actix_web::web;

/// Where frames are: these pages alone may stand on other sites.
pub(super) const PREFIX: &str = "/embed/";

/// Mounts the pages.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(look::colours)
        .service(frames::frame_plan)
        .service(frames::frame_exhibitors)
        .service(oembed::oembed)
        .service(feeds::show_news)
        .service(feeds::sitemap)
        .service(feeds::robots);
}
