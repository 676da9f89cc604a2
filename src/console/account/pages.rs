//! Account forms. They are submitted to `/auth` and `/me` of the API.
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use crate::shell::{Shell, is_ours, page};
use hoicho_core::config;
use hoicho_web::identity::RequestContext;
use hoicho_web::{
    http::{Problem, Query},
    identity::consent,
};

#[derive(Deserialize)]
struct LoginQuery {
    next: Option<String>,
}

/// Redirect target after login; local paths only.
fn redirect_target(query: Query<LoginQuery>) -> String {
    let next = query.get().ok().and_then(|q| q.next).unwrap_or_default();
    if is_ours(&next) { next } else { "/home".to_owned() }
}

macro_rules! account_page {
    ($(#[$doc:meta])* $fn:ident, $path:literal, $name:ident, $template:literal) => {
        #[derive(Template)]
        #[template(path = $template)]
        struct $name {
            s: Shell,
        }
        $(#[$doc])*
        #[get($path)]
        pub(super) async fn $fn(s: Shell) -> Result<HttpResponse, Problem> {
            page(&$name { s })
        }
    };
}

#[derive(Template)]
#[template(path = "account/login.html")]
struct Login {
    s: Shell,
    next: String,
}

/// Login form.
#[get("/login")]
pub(super) async fn show_login(s: Shell, query: Query<LoginQuery>) -> Result<HttpResponse, Problem> {
    page(&Login { s, next: redirect_target(query) })
}

#[derive(Template)]
#[template(path = "account/register.html")]
struct Register {
    s: Shell,
    notice: &'static str,
}

/// Registration form.
#[get("/register")]
pub(super) async fn show_register(s: Shell) -> Result<HttpResponse, Problem> {
    page(&Register { s, notice: consent::NOTICE })
}

#[derive(Template)]
#[template(path = "account/privacy.html")]
struct Privacy {
    s: Shell,
    notice: &'static str,
    contacts_days: u32,
    audit_days: u32,
}

/// Privacy notice: which personal data is stored, why and for how long. Users consent to it.
#[get("/privacy")]
pub(super) async fn show_privacy(s: Shell, context: web::Data<RequestContext>) -> Result<HttpResponse, Problem> {
    let config::Retention { contacts_days, audit_days, .. } = context.retention;
    page(&Privacy { s, notice: consent::NOTICE, contacts_days, audit_days })
}

account_page!(
    /// Shown after registration: the verification email was sent.
    show_check_mail, "/check-mail", CheckMail, "account/check_mail.html"
);
account_page!(
    /// Target of the link in a verification email. The token is in the URL fragment, so that it is never logged.
    show_verify, "/verify-email", Verify, "account/verify.html"
);
account_page!(
    /// Form to request a password reset.
    show_forgot, "/forgot", Forgot, "account/forgot.html"
);
account_page!(
    /// Target of the link in a password reset email.
    show_reset, "/reset-password", Reset, "account/reset.html"
);

#[derive(Template)]
#[template(path = "account/invitation.html")]
struct Invitation {
    s: Shell,
}

/// Target of the link in an invitation email. Users without a session log in first; the script stores the token until then.
#[get("/invitation")]
pub(super) async fn show_invitation(s: Shell) -> Result<HttpResponse, Problem> {
    page(&Invitation { s })
}

#[derive(Template)]
#[template(path = "account/account.html")]
struct Account {
    s: Shell,
    name: String,
}

/// Form for name, language and password.
#[get("/account")]
pub(super) async fn show_account(s: Shell) -> Result<HttpResponse, Problem> {
    let name = s.reader()?.name.clone();
    page(&Account { s, name })
}
