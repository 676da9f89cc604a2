//! Organiser pages: planning, review, allocation, figures, publication.
mod allocation_runs;
mod api_keys;
mod application;
mod applications;
mod dashboard;
mod deals;
pub(super) mod edition_context;
mod exhibitor;
mod exhibitor_merge;
mod exhibitors;
mod finalise;
mod floor;
mod floor_plan;
mod imports;
mod missing_reports;
mod organiser_page;
mod reports;
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
        .service(allocation_runs::show_allocation_runs)
        .service(allocation_runs::show_allocation_run)
        .service(sales::show_sales)
        .service(deals::show_deals)
        .service(visits::show_visits)
        .service(imports::show_imports)
        .service(imports::show_import)
        .service(reports::show_reports)
        .service(finalise::show_finalise)
        .service(api_keys::show_keys)
        .service(webhooks::show_webhooks)
        .service(exhibitors::show_exhibitors)
        .service(exhibitor::show_exhibitor)
        .service(exhibitor_merge::show_merge)
        .service(organiser_page::show_organiser)
        .service(organiser_page::show_new_edition)
        .service(organiser_page::show_staff)
        .service(organiser_page::show_places)
        .service(organiser_page::show_audit);
}
