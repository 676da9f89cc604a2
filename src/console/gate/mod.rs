//! Counting at a gate: an installed page that works with no network. Counts are kept on the device with identifiers of
//! their own and sent when the network is there; the server takes each identifier once, so nothing is counted twice.
mod counter;
mod install;

use actix_web::web;

/// Mounts the pages.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(install::worker)
        .service(install::manifest)
        .service(install::gate_manifest)
        .service(counter::show_counter);
}
