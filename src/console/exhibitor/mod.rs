//! Exhibitor pages, mobile first: organisation, products and links, applications, offers, daily sales reports, own results.
mod actions;
mod application;
mod apply;
mod home;
mod links;
mod organisation;
mod report;
mod results;
mod store;

use actix_web::web;

/// Registers the routes.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(organisation::show_new_organisation)
        .service(home::show_my_home)
        .service(organisation::show_profile)
        .service(organisation::show_products)
        .service(organisation::show_product)
        .service(organisation::show_members)
        .service(links::show_links)
        .service(apply::show_apply)
        .service(application::show_my_application)
        .service(report::show_report)
        .service(results::show_results);
}
