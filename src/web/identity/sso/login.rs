//! What follows from who the provider says it is: a session, the second step, or the question whether to link the account.
use actix_web::{HttpRequest, web};
use chrono::Duration;

use super::{
    answer::{self, ProviderAnswer},
    flow::LOGIN_TTL_MIN,
    id_token::{self, VerifiedIdentity},
    provider::SsoProvider,
    store::{self, LinkRow, LoginRow},
};
use crate::{
    http::{Code, Problem},
    identity::{
        RequestContext, SessionCookie, lockout, second_factor,
        session::{self, Device, LoginMethod, Tokens},
        store::{Account, email_key, find_account, find_account_by_email, is_active},
        token,
    },
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{clock::Instant, ids::UserId},
};

/// What follows.
pub enum Outcome {
    /// The person is logged in.
    LoggedIn(Tokens),
    /// The account has a second factor, which the provider has not checked: the challenge for it.
    SecondStep(String),
    /// The account at the provider is not linked yet: the cookie for [`super::confirm`].
    ToBeLinked(String),
    /// The account at the provider is linked with the account of who is logged in.
    IsLinked,
}

/// A login that came back from the provider.
pub struct Completed {
    /// What follows.
    pub outcome: Outcome,
    /// The page that it was to lead to.
    pub next: String,
}

/// The same conditions as for a login by password.
fn require_usable(tx: &mut Tx<'_>, account: &Account) -> Result<(), Problem> {
    if account.email_verified_at.is_none() || !is_active(tx, account.id)? {
        return Err(Problem::new(Code::EmailNotVerified, MessageId("error-email-not-verified")));
    }
    Ok(())
}

/// Logs the owner of a linked account in, with the lock-out and the second factor of a login by password.
fn log_in(
    tx: &mut Tx<'_>,
    context: &RequestContext,
    (account, is_multi_factor): (&Account, bool),
    (device, address): (Device, &str),
    now: Instant,
) -> Result<Outcome, Problem> {
    require_usable(tx, account)?;
    lockout::begin_attempt(tx, &account.email_key, address, now)?;
    if !is_multi_factor && second_factor::store::is_enabled(tx, account.id)? {
        // No success yet: failures before this login still count.
        lockout::withdraw_attempt(tx, &account.email_key, address)?;
        return Ok(Outcome::SecondStep(second_factor::begin_challenge(tx, account.id, now)?));
    }
    lockout::record_success(tx, (account.id, &account.email_key), address, now)?;
    session::begin(tx, context, (account.id, LoginMethod::Provider { is_multi_factor }), device).map(Outcome::LoggedIn)
}

/// The account with the verified address of who is not linked: of staff or a platform admin.
fn find_by_email(tx: &mut Tx<'_>, provider: &SsoProvider, email: Option<&String>) -> Result<Account, Problem> {
    let unverified = || MessageId("error-sso-email-unverified").with_args(&[("provider", &provider.name())]).localize();
    let email = email.ok_or_else(|| Problem::new(Code::Forbidden, unverified()))?;
    let account = match email_key(email) {
        Some(key) => find_account_by_email(tx, &key)?,
        None => None,
    };
    let account = match account {
        Some(account) if account.is_admin || store::is_staff(tx, account.id)? => account,
        Some(_) | None => return Err(Problem::new(Code::Forbidden, MessageId("error-sso-no-account"))),
    };
    require_usable(tx, &account)?;
    Ok(account)
}

/// Asks the owner of an account whether to link it.
fn ask_to_link(
    tx: &mut Tx<'_>,
    provider: &SsoProvider,
    (account, identity): (&Account, &VerifiedIdentity),
    login: &LoginRow,
    now: Instant,
) -> Result<Outcome, Problem> {
    if store::has_identity(tx, account.id, provider.issuer())? {
        return Err(Problem::new(Code::AlreadyExists, MessageId("error-sso-account-linked")));
    }
    let cookie = token::generate_opaque();
    let row = LinkRow {
        digest: token::digest(&cookie),
        user_id: account.id,
        issuer: provider.issuer().to_owned(),
        subject: identity.subject.clone(),
        is_multi_factor: identity.is_multi_factor,
        is_logged_in: login.user_id.is_some(),
        next_path: login.next_path.clone(),
        expires_at: now + Duration::minutes(LOGIN_TTL_MIN),
    };
    store::insert_link(tx, &row)?;
    Ok(Outcome::ToBeLinked(cookie))
}

/// For somebody who is logged in and wants to link their account.
fn link_own(
    tx: &mut Tx<'_>,
    provider: &SsoProvider,
    (user, owner): (UserId, Option<UserId>),
    (identity, login): (&VerifiedIdentity, &LoginRow),
    now: Instant,
) -> Result<Outcome, Problem> {
    match owner {
        Some(owner) if owner == user => return Ok(Outcome::IsLinked),
        Some(_) => return Err(Problem::new(Code::AlreadyExists, MessageId("error-sso-identity-linked"))),
        None => {}
    }
    let account = find_account(tx, user)?;
    if !account.is_admin && !store::is_staff(tx, user)? {
        return Err(Problem::new(Code::Forbidden, MessageId("error-sso-no-staff")));
    }
    ask_to_link(tx, provider, (&account, identity), login, now)
}

/// Completes a login at the provider with what it sent back. `caller` is who is logged in already.
///
/// # Errors
/// What is wrong, in a sentence for the person.
pub async fn complete(
    context: &web::Data<RequestContext>,
    req: &HttpRequest,
    caller: Option<UserId>,
    answer: ProviderAnswer,
) -> Result<Completed, Problem> {
    let provider = context.sso.as_ref().ok_or(Code::NotFound)?;
    let cookie = SessionCookie::Sso.read(req, context.secure_cookies);
    let returned = answer::accept(context, provider, (cookie, caller), answer).await?;
    let login = returned.login.clone();
    let identity = id_token::identify(context, provider, &context.base_url(req), returned).await?;
    let (shared, device) = (context.clone(), Device::from_request(context, req));
    let (now, address, next) = (context.clock.now(), context.source_address(req).to_string(), login.next_path.clone());
    let work = move |tx: &mut Tx<'_>| {
        let provider = shared.sso.as_ref().ok_or(Code::NotFound)?;
        let owner = store::find_user(tx, provider.issuer(), &identity.subject)?;
        let outcome = match (login.user_id, owner) {
            (Some(user), owner) => link_own(tx, provider, (user, owner), (&identity, &login), now)?,
            (None, Some(owner)) => {
                let account = find_account(tx, owner)?;
                log_in(tx, &shared, (&account, identity.is_multi_factor), (device, &address), now)?
            }
            (None, None) => {
                let account = find_by_email(tx, provider, identity.email.as_ref())?;
                ask_to_link(tx, provider, (&account, &identity), &login, now)?
            }
        };
        Ok::<_, Problem>((outcome, owner))
    };
    let (outcome, owner) = context.db.write(work).await?;
    if let (Outcome::LoggedIn(_), Some(user)) = (&outcome, owner) {
        let source = context.source_address(req);
        tracing::info!(target: "hoicho::security", %user, %source, "logged in through the OpenID provider");
    }
    Ok(Completed { outcome, next })
}
