//! Account pages: login, registration, email verification, invitations, name and password.
mod account_pages;
mod home;
mod link_invitations;
mod passkeys;
mod preferences;
mod second_factor;
mod sso;

use actix_web::web;

/// Registers the routes.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(account_pages::show_login)
        .service(account_pages::show_register)
        .service(account_pages::show_privacy)
        .service(account_pages::show_check_mail)
        .service(account_pages::show_verify)
        .service(account_pages::show_forgot)
        .service(account_pages::show_reset)
        .service(account_pages::show_invitation)
        .service(account_pages::show_account)
        .service(second_factor::show_login_code)
        .service(second_factor::show_second_factor)
        .service(sso::begin_login)
        .service(sso::complete)
        .service(sso::show_link)
        .service(sso::begin_link)
        .service(passkeys::show_passkeys)
        .service(home::show_home)
        .service(link_invitations::show_link_invitations)
        .service(preferences::set_preferences);
}
