//! `/organisers/{organiser}/exhibitors/{exhibitor}/link`, `/organisations/{organisation}/links` and `/me/link-invitations`.
mod actions;
mod organisation;
mod organiser;
mod received;

use actix_web::web;

/// OpenAPI operations of links.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    organiser::get_link,
    organiser::invite_to_link,
    organiser::revoke_link_invitation,
    organiser::end_link,
    organisation::list_links,
    organisation::confirm_link,
    organisation::end_own_link,
    received::list_link_invitations,
))]
pub struct ApiDoc;

/// Registers the handlers.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(organiser::get_link).service(organiser::invite_to_link).service(organiser::revoke_link_invitation);
    cfg.service(organiser::end_link).service(organisation::list_links).service(organisation::confirm_link);
    cfg.service(organisation::end_own_link).service(received::list_link_invitations);
}
