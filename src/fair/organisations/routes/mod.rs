//! `/organisations` with contacts, members and the verification of the tax code.
mod actions;
mod contacts;
mod members;
mod organisation;
mod verification;

use actix_web::web;

/// OpenAPI operations of organisations.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    organisation::create_organisation,
    organisation::list_organisations,
    organisation::get_organisation,
    organisation::patch_organisation,
    organisation::delete_organisation,
    contacts::get_contacts,
    contacts::put_contacts,
    members::list_members,
    members::invite_member,
    members::put_member,
    members::remove_member,
    members::revoke_invitation,
    verification::verify_tax_code,
    verification::withdraw_verification,
))]
pub struct ApiDoc;

/// Registers the handlers.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(organisation::create_organisation)
        .service(organisation::list_organisations)
        .service(organisation::get_organisation);
    cfg.service(organisation::patch_organisation).service(organisation::delete_organisation);
    cfg.service(contacts::get_contacts).service(contacts::put_contacts);
    cfg.service(members::list_members).service(members::invite_member).service(members::put_member);
    cfg.service(members::remove_member).service(members::revoke_invitation);
    cfg.service(verification::verify_tax_code).service(verification::withdraw_verification);
}
