//! The platform's pages: organisers and users.
mod overview;
mod store;

use actix_web::web;

/// Mounts the pages.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(overview::show_admin);
}
