//! Account pages: login, registration, email verification, invitations, name and password.
mod home;
mod look;
mod pages;

use actix_web::web;

/// Registers the routes.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(pages::show_login)
        .service(pages::show_register)
        .service(pages::show_privacy)
        .service(pages::show_check_mail)
        .service(pages::show_verify)
        .service(pages::show_forgot)
        .service(pages::show_reset)
        .service(pages::show_invitation)
        .service(pages::show_account)
        .service(home::show_home)
        .service(look::look);
}
