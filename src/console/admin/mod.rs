//! Platform administration pages.
mod overview;
mod store;

use actix_web::web;

/// Registers the routes.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(overview::show_admin);
}
