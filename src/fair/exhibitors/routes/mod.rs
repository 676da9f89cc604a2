//! `/exhibitors` with contacts and members.
mod contacts;
mod exhibitor;
mod members;

use actix_web::web;

use hoicho_web::identity::{Action, ExhibitorRole, OrganiserRole};

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

/// Update an exhibitor and its members.
struct ManageExhibitor;
impl Action for ManageExhibitor {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const EXHIBITOR: &'static [ExhibitorRole] = &[ExhibitorRole::Owner];
}

/// Read non-public data: tax code and contacts.
struct ReadExhibitorDetails;
impl Action for ReadExhibitorDetails {
    const ORGANISER: &'static [OrganiserRole] =
        &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance, OrganiserRole::Viewer];
    const EXHIBITOR: &'static [ExhibitorRole] = &[ExhibitorRole::Owner, ExhibitorRole::Staff];
}

struct ReadMembers;
impl Action for ReadMembers {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const EXHIBITOR: &'static [ExhibitorRole] = &[ExhibitorRole::Owner, ExhibitorRole::Staff];
}
