//! `/exhibitors` with contacts and members.
mod actions;
mod contacts;
mod exhibitor;
mod members;

use actix_web::web;

/// OpenAPI operations of exhibitors.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    exhibitor::create_exhibitor,
    exhibitor::list_exhibitors,
    exhibitor::get_exhibitor,
    exhibitor::patch_exhibitor,
    exhibitor::delete_exhibitor,
    contacts::get_contacts,
    contacts::put_contacts,
    members::list_members,
    members::invite_member,
    members::put_member,
    members::remove_member,
    members::revoke_invitation,
))]
pub struct ApiDoc;

/// Registers the handlers.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(exhibitor::create_exhibitor).service(exhibitor::list_exhibitors).service(exhibitor::get_exhibitor);
    cfg.service(exhibitor::patch_exhibitor).service(exhibitor::delete_exhibitor);
    cfg.service(contacts::get_contacts).service(contacts::put_contacts);
    cfg.service(members::list_members).service(members::invite_member).service(members::put_member);
    cfg.service(members::remove_member).service(members::revoke_invitation);
}
