//! Offline visit counter, installable as a progressive web app. Counts are stored on the device with unique identifiers
//! and sent when there is a network connection; the server deduplicates by identifier.
mod counter;
mod web_manifest;

use actix_web::web;

/// Registers the routes.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web_manifest::worker)
        .service(web_manifest::manifest)
        .service(web_manifest::gate_manifest)
        .service(counter::show_counter);
}
