//! The forms of an account. They go to `/auth` and `/me` of the API.
use actix_web::{HttpResponse, get};
use askama::Template;
use serde::Deserialize;

use crate::{
    console::shell::{Shell, is_ours, page},
    http::{Problem, Query},
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

account_page!(
    /// Signing up.
    show_register, "/register", Register, "account/register.html"
);
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
