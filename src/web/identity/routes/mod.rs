//! `/auth`, `/me` and invitations.
mod account;
mod invitations;
mod login;
mod me;
mod passwords;
mod register;
mod sessions;

pub use account::validate_email;

use actix_web::web;

/// OpenAPI operations of this module.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    register::register,
    register::verify_email,
    register::resend_verification,
    login::login,
    login::refresh,
    login::logout,
    passwords::request_reset,
    passwords::confirm_reset,
    passwords::change_password,
    me::get_me,
    me::patch_me,
    sessions::list_sessions,
    sessions::end_session,
    invitations::accept_invitation,
))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(register::register).service(register::verify_email).service(register::resend_verification);
    cfg.service(login::login).service(login::refresh).service(login::logout);
    cfg.service(passwords::confirm_reset).service(passwords::request_reset).service(passwords::change_password);
    cfg.service(me::get_me).service(me::patch_me).service(invitations::accept_invitation);
    cfg.service(sessions::list_sessions).service(sessions::end_session);
}
