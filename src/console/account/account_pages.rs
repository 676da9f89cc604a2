//! Account forms. They are submitted to `/auth` and `/me` of the API.
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use crate::page_context::{PageContext, is_local_path, render_page};
use hoicho_core::{config, values::ids::SessionId};
use hoicho_web::{
    http::{Problem, Query},
    identity::{
        RequestContext, SignedIn, consent, device, second_factor,
        session_store::{self, SessionRow},
    },
};

#[derive(Deserialize)]
pub(super) struct LoginQuery {
    next: Option<String>,
}

/// Redirect target after login; local paths only.
pub(super) fn redirect_target(query: Query<LoginQuery>) -> String {
    let next = query.into_result().ok().and_then(|q| q.next).unwrap_or_default();
    if is_local_path(&next) { next } else { "/home".to_owned() }
}

macro_rules! account_page {
    ($(#[$doc:meta])* $fn:ident, $path:literal, $name:ident, $template:literal) => {
        #[derive(Template)]
        #[template(path = $template)]
        struct $name {
            page: PageContext,
        }
        $(#[$doc])*
        #[get($path)]
        pub(super) async fn $fn(page: PageContext) -> Result<HttpResponse, Problem> {
            render_page($name { page }).await
        }
    };
}

#[derive(Template)]
#[template(path = "account/login.html")]
struct Login {
    page: PageContext,
    next: String,
}

/// Login form.
#[get("/login")]
pub(super) async fn show_login(page: PageContext, query: Query<LoginQuery>) -> Result<HttpResponse, Problem> {
    render_page(Login { page, next: redirect_target(query) }).await
}

#[derive(Template)]
#[template(path = "account/register.html")]
struct Register {
    page: PageContext,
    notice: &'static str,
}

/// Registration form.
#[get("/register")]
pub(super) async fn show_register(page: PageContext) -> Result<HttpResponse, Problem> {
    render_page(Register { page, notice: consent::NOTICE_VERSION }).await
}

#[derive(Template)]
#[template(path = "account/privacy.html")]
struct Privacy {
    page: PageContext,
    notice: &'static str,
    contacts_days: u32,
    audit_days: u32,
}

/// Privacy notice: which personal data is stored, why and for how long. Users consent to it.
#[get("/privacy")]
pub(super) async fn show_privacy(
    page: PageContext,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    let config::Retention { contacts_days, audit_days, .. } = context.retention;
    render_page(Privacy { page, notice: consent::NOTICE_VERSION, contacts_days, audit_days }).await
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
    page: PageContext,
}

/// Target of the link in an invitation email. Users without a session log in first; the script stores the token until then.
#[get("/invitation")]
pub(super) async fn show_invitation(page: PageContext) -> Result<HttpResponse, Problem> {
    render_page(Invitation { page }).await
}

#[derive(Template)]
#[template(path = "account/account.html")]
struct Account {
    page: PageContext,
    name: String,
    has_second_factor: bool,
    sessions: Vec<SessionRow>,
    current: SessionId,
}

impl Account {
    fn device_of(&self, session: &SessionRow) -> String {
        device::describe(&session.user_agent).unwrap_or_else(|| self.page.t("account-session-unknown"))
    }
    fn is_current(&self, session: &SessionRow) -> bool {
        session.id == self.current
    }
}

/// Forms for name, language, password and logins.
#[get("/account")]
pub(super) async fn show_account(page: PageContext, caller: SignedIn) -> Result<HttpResponse, Problem> {
    let name = page.require_user()?.name.clone();
    let (user, now, current) = (caller.user, caller.now, caller.session);
    let found = caller.context.db.read(move |tx| {
        Ok::<_, Problem>((session_store::list(tx, user, now)?, second_factor::store::is_enabled(tx, user)?))
    });
    let (sessions, has_second_factor) = found.await?;
    render_page(Account { page, name, has_second_factor, sessions, current }).await
}
