//! Account forms. They are submitted to `/auth` and `/me` of the API.
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use crate::page_context::{PageContext, is_local_path, render_page};
use hoicho_core::{
    config,
    values::{
        clock::Instant,
        ids::{SessionId, SsoIdentityId},
    },
};
use hoicho_web::{
    http::{Problem, Query},
    identity::{
        RequestContext, SignedIn, consent, device, passkeys, second_factor,
        session_store::{self, SessionRow},
        sso::{self, IdentityRow},
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
    /// Name of the OpenID provider, if there is one.
    sso_provider: Option<String>,
    has_passkeys: bool,
}

/// Login form.
#[get("/login")]
pub(super) async fn show_login(
    req: HttpRequest,
    page: PageContext,
    context: web::Data<RequestContext>,
    query: Query<LoginQuery>,
) -> Result<HttpResponse, Problem> {
    let sso_provider = context.sso.as_ref().map(|provider| provider.name().to_owned());
    let has_passkeys = passkeys::find_relying_party(&context, &req).is_some();
    render_page(Login { page, next: redirect_target(query), sso_provider, has_passkeys }).await
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
    passkeys: i64,
    sessions: Vec<SessionRow>,
    current: SessionId,
    /// Name of the OpenID provider, if there is one for this person.
    sso_provider: Option<String>,
    sso_identities: Vec<SsoIdentity>,
}

/// An account at an OpenID provider that is linked.
struct SsoIdentity {
    id: SsoIdentityId,
    /// The name of the provider of the settings, the issuer of another one.
    provider: String,
    is_usable: bool,
    created_at: Instant,
}

/// The linked accounts as they are shown.
fn sso_identities(context: &RequestContext, rows: Vec<IdentityRow>) -> Vec<SsoIdentity> {
    let view = |row: IdentityRow| {
        let configured = context.sso.as_ref().filter(|provider| provider.issuer() == row.issuer);
        let is_usable = configured.is_some();
        let provider = configured.map_or(row.issuer, |provider| provider.name().to_owned());
        SsoIdentity { id: row.id, provider, is_usable, created_at: row.created_at }
    };
    rows.into_iter().map(view).collect()
}

impl Account {
    fn device_of(&self, session: &SessionRow) -> String {
        device::describe(&session.user_agent).unwrap_or_else(|| self.page.t("account-session-unknown"))
    }
    /// Whether the person can link an account at the provider.
    fn can_link_sso(&self) -> bool {
        self.sso_provider.is_some() && !self.sso_identities.iter().any(|identity| identity.is_usable)
    }
    fn is_current(&self, session: &SessionRow) -> bool {
        session.id == self.current
    }
}

/// Forms for name, language, password and logins.
#[get("/account")]
pub(super) async fn show_account(page: PageContext, caller: SignedIn) -> Result<HttpResponse, Problem> {
    let person = page.require_user()?;
    let (name, is_staff) = (person.name.clone(), person.is_staff());
    let (user, now, current, context) = (caller.user, caller.now, caller.session, caller.context);
    let found = context.db.read(move |tx| {
        let has_second_factor = second_factor::store::is_enabled(tx, user)?;
        let logins = (passkeys::store::count(tx, user)?, sso::list(tx, user)?);
        Ok::<_, Problem>((session_store::list(tx, user, now)?, has_second_factor, logins))
    });
    let (sessions, has_second_factor, (passkeys, identities)) = found.await?;
    let sso_identities = sso_identities(&context, identities);
    let sso_provider = context.sso.as_ref().filter(|_| is_staff).map(|provider| provider.name().to_owned());
    render_page(Account { page, name, has_second_factor, passkeys, sessions, current, sso_provider, sso_identities })
        .await
}
