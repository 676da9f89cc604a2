//! Organiser pages: planning, review, allocation, figures, publication.
mod application;
mod applications;
mod dashboard;
mod deals;
pub(super) mod desk;
mod floor;
mod floor_plan;
mod keys;
mod late;
mod office;
mod reports;
mod rounds;
mod sales;
mod setup;
pub(super) mod store;
mod visits;
mod webhooks;

use actix_web::web;

/// Registers the routes.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(dashboard::show_dashboard)
        .service(setup::show_setup)
        .service(floor::show_floor)
        .service(floor::show_booth)
        .service(applications::show_applications)
        .service(applications::approve_applications)
        .service(application::show_application)
        .service(floor_plan::show_floor_plan)
        .service(rounds::show_rounds)
        .service(sales::show_sales)
        .service(deals::show_deals)
        .service(visits::show_visits)
        .service(reports::show_reports)
        .service(keys::show_keys)
        .service(webhooks::show_webhooks)
        .service(office::show_office)
        .service(office::show_new_edition)
        .service(office::show_staff)
        .service(office::show_places)
        .service(office::show_audit);
}
