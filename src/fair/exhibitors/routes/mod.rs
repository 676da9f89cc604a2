//! `/organisers/{organiser}/exhibitors` with contacts, history and possible duplicates.
mod actions;
mod contacts;
mod create;
mod exhibitor;
mod history;
mod list;
mod view;

use actix_web::web;

pub use view::ExhibitorView;

/// OpenAPI operations of exhibitors.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    create::create_exhibitor,
    list::list_exhibitors,
    exhibitor::get_exhibitor,
    exhibitor::patch_exhibitor,
    exhibitor::delete_exhibitor,
    contacts::get_contacts,
    contacts::put_contacts,
    history::get_history,
    history::list_duplicates,
))]
pub struct ApiDoc;

/// Registers the handlers.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(create::create_exhibitor).service(list::list_exhibitors).service(exhibitor::get_exhibitor);
    cfg.service(exhibitor::patch_exhibitor).service(exhibitor::delete_exhibitor);
    cfg.service(contacts::get_contacts).service(contacts::put_contacts);
    cfg.service(history::get_history).service(history::list_duplicates);
}
