//! `/auth`, `/me` and invitations.
mod account;
mod invitations;
mod login;
mod me;
mod passwords;
mod register;
mod second_factor;
mod sessions;
mod sso;

pub use account::validate_email;

use actix_web::web;

/// OpenAPI operations of this module.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    register::register,
    register::verify_email,
    register::resend_verification,
    login::login,
    login::enter_code,
    login::refresh,
    login::logout,
    passwords::request_reset,
    passwords::confirm_reset,
    passwords::change_password,
    me::get_me,
    me::patch_me,
    second_factor::get_second_factor,
    second_factor::begin_second_factor,
    second_factor::confirm_second_factor,
    second_factor::renew_recovery_codes,
    second_factor::remove_second_factor,
    sessions::list_sessions,
    sessions::end_session,
    sso::link_sso_identity,
    sso::list_sso_identities,
    sso::unlink_sso_identity,
    invitations::accept_invitation,
))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(register::register).service(register::verify_email).service(register::resend_verification);
    cfg.service(login::login).service(login::enter_code).service(login::refresh).service(login::logout);
    cfg.service(passwords::confirm_reset).service(passwords::request_reset).service(passwords::change_password);
    cfg.service(me::get_me).service(me::patch_me).service(invitations::accept_invitation);
    cfg.service(second_factor::get_second_factor)
        .service(second_factor::begin_second_factor)
        .service(second_factor::confirm_second_factor)
        .service(second_factor::renew_recovery_codes)
        .service(second_factor::remove_second_factor);
    cfg.service(sessions::list_sessions).service(sessions::end_session);
    cfg.service(sso::link_sso_identity).service(sso::list_sso_identities).service(sso::unlink_sso_identity);
}
