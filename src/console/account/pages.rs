//! The forms of an account. They go to `/auth` and `/me` of the API.
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
struct Next {
    next: Option<String>,
}

/// Where to go after logging in; only pages of ours.
fn after(query: Query<Next>) -> String {
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

/// Logging in.
#[get("/login")]
pub(super) async fn show_login(s: Shell, query: Query<Next>) -> Result<HttpResponse, Problem> {
    page(&Login { s, next: after(query) })
}

#[derive(Template)]
#[template(path = "account/register.html")]
struct Register {
    s: Shell,
    notice: &'static str,
}

/// Signing up.
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

/// What is kept of people, what for and how long: what they agree to.
#[get("/privacy")]
pub(super) async fn show_privacy(s: Shell, context: web::Data<RequestContext>) -> Result<HttpResponse, Problem> {
    let config::Retention { contacts_days, audit_days, .. } = context.retention;
    page(&Privacy { s, notice: consent::NOTICE, contacts_days, audit_days })
}

account_page!(
    /// After signing up: a mail is on its way.
    show_check_mail, "/check-mail", CheckMail, "account/check_mail.html"
);
account_page!(
    /// Where the link of a verification mail leads. The token is behind a `#`, so that no log ever has it.
    show_verify, "/verify-email", Verify, "account/verify.html"
);
account_page!(
    /// A forgotten password.
    show_forgot, "/forgot", Forgot, "account/forgot.html"
);
account_page!(
    /// Where the link of a reset mail leads.
    show_reset, "/reset-password", Reset, "account/reset.html"
);

#[derive(Template)]
#[template(path = "account/invitation.html")]
struct Invitation {
    s: Shell,
}

/// Where the link of an invitation leads. Who is not logged in does that first; the script keeps the token meanwhile.
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

/// One's own name, language and password.
#[get("/account")]
pub(super) async fn show_account(s: Shell) -> Result<HttpResponse, Problem> {
    let name = s.reader()?.name.clone();
    page(&Account { s, name })
}
