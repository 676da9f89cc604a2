//! `/editions/{edition}/applications`, `/applications/{application}` and their documents.
mod actions;
mod application;
mod create;
mod documents;
mod lists;
mod transitions;
mod view;

use actix_web::web;

pub use view::{ApplicationView, view};

/// OpenAPI operations of applications.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    create::create_application,
    lists::list_applications,
    lists::get_waiting_list,
    lists::list_organisations_applications,
    application::get_application,
    application::patch_application,
    application::delete_application,
    transitions::submit,
    transitions::approve,
    transitions::waitlist,
    transitions::reject,
    documents::upload_document,
    documents::waive_document,
    documents::list_documents,
    documents::get_document,
    documents::delete_document,
))]
pub struct ApiDoc;

/// Registers the handlers.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(create::create_application).service(lists::list_applications).service(lists::get_waiting_list);
    cfg.service(lists::list_organisations_applications);
    cfg.service(application::get_application).service(application::patch_application);
    cfg.service(application::delete_application);
    cfg.service(transitions::submit)
        .service(transitions::approve)
        .service(transitions::waitlist)
        .service(transitions::reject);
    cfg.service(documents::upload_document).service(documents::waive_document).service(documents::list_documents);
    cfg.service(documents::get_document).service(documents::delete_document);
}
