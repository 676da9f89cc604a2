//! `/auth`, `/me` and invitations.
mod account;
mod invitations;
mod login;
mod me;
mod passkeys;
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
    passkeys::begin_passkey_login,
    passkeys::log_in_with_passkey,
    passkeys::list_passkeys,
    passkeys::begin_passkey,
    passkeys::register_passkey,
    passkeys::rename_passkey,
    passkeys::remove_passkey,
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
    cfg.service(passkeys::begin_passkey_login)
        .service(passkeys::log_in_with_passkey)
        .service(passkeys::list_passkeys)
        .service(passkeys::begin_passkey)
        .service(passkeys::register_passkey)
        .service(passkeys::rename_passkey)
        .service(passkeys::remove_passkey);
    cfg.service(sessions::list_sessions).service(sessions::end_session);
    cfg.service(sso::link_sso_identity).service(sso::list_sso_identities).service(sso::unlink_sso_identity);
}
