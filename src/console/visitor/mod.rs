//! Public pages: editions, floor plans, exhibitors, final figures.
mod edition;
pub(super) mod editions;
mod exhibitor;
pub(super) mod exhibitors;
pub(super) mod figures;
pub(super) mod store;

use actix_web::web;

/// Registers the routes.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(editions::show_editions)
        .service(edition::show_edition)
        .service(exhibitors::show_exhibitors)
        .service(exhibitor::show_exhibitor)
        .service(figures::show_figures);
}
