//! Links an account at a provider with an account here, after the owner of the latter has confirmed it, and unlinks it.
use actix_web::{HttpRequest, web};
use secrecy::SecretString;

use super::{
    notice,
    provider::SsoProvider,
    store::{self, IdentityRow, LinkRow},
};
use crate::{
    http::{Code, Problem},
    identity::{
        RequestContext, lockout, second_factor,
        session::{self, Device, LoginMethod, Tokens},
        store::{Account, find_account},
        token,
    },
    outbox::SsoNotice,
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{
        clock::Instant,
        ids::{SsoIdentityId, UserId},
    },
};

/// A link that can be confirmed.
pub struct PendingLink {
    /// Address of the account.
    pub email: String,
    /// Whether a code is needed besides the password.
    pub has_second_factor: bool,
    /// It was begun on the account's page.
    pub is_logged_in: bool,
    /// Page to show afterwards.
    pub next: String,
}

/// The link that a cookie is for.
pub fn find_pending(tx: &mut Tx<'_>, cookie: &str, now: Instant) -> Result<Option<PendingLink>, Problem> {
    let Some(LinkRow { user_id, is_logged_in, next_path, .. }) = find(tx, cookie, now)? else { return Ok(None) };
    let has_second_factor = second_factor::store::is_enabled(tx, user_id)?;
    let email = find_account(tx, user_id)?.email;
    Ok(Some(PendingLink { email, has_second_factor, is_logged_in, next: next_path }))
}

fn find(tx: &mut Tx<'_>, cookie: &str, now: Instant) -> Result<Option<LinkRow>, Problem> {
    if !token::is_opaque(cookie) {
        return Ok(None);
    }
    Ok(store::find_link(tx, &token::digest(cookie), now)?)
}

fn expired() -> Problem {
    Problem::new(Code::IllegalStep, MessageId("error-sso-link-expired"))
}

/// What the owner of an account confirms a link with.
pub(in crate::identity) struct Confirmation {
    pub link: String,
    pub password: SecretString,
    pub one_time_code: Option<String>,
}

/// Checks the code if the account has a second factor: an account at a provider whose factors count must not replace it. `false` for a
/// wrong code.
fn check_code(
    tx: &mut Tx<'_>,
    account: &Account,
    code: Option<&str>,
    (source, now): (&str, Instant),
) -> Result<bool, Problem> {
    if !second_factor::store::is_enabled(tx, account.id)? {
        return Ok(true);
    }
    second_factor::verify(tx, account, code.unwrap_or_default(), (source, now))
}

/// Links the accounts. Returns the tokens of a new session, or `None` if the link was begun by somebody who is logged in.
///
/// # Errors
/// [`Code::IllegalStep`] without a link to confirm, [`Code::WrongCredentials`], [`Code::WrongCode`], [`Code::AlreadyExists`] if either
/// account was linked meanwhile.
pub(in crate::identity) async fn confirm(
    context: &web::Data<RequestContext>,
    req: &HttpRequest,
    Confirmation { link, password, one_time_code }: Confirmation,
) -> Result<Option<Tokens>, Problem> {
    let (now, source, looked_up) = (context.clock.now(), context.source_address(req).to_string(), link.clone());
    let account = context.db.read(move |tx| {
        let pending = find(tx, &looked_up, now)?.ok_or_else(expired)?;
        Ok::<_, Problem>(find_account(tx, pending.user_id)?)
    });
    let account = account.await?;
    lockout::confirm_password(context, &account, password, (source.clone(), now)).await?;
    let (shared, device, user) = (context.clone(), Device::from_request(context, req), account.id);
    let work = move |tx: &mut Tx<'_>| {
        let provider = shared.sso.as_ref().ok_or(Code::NotFound)?;
        lockout::lock(tx, &account.email_key)?;
        let pending = find(tx, &link, now)?.filter(|row| row.user_id == account.id && row.issuer == provider.issuer());
        let LinkRow { issuer, subject, is_multi_factor, is_logged_in, .. } = pending.ok_or_else(expired)?;
        if !check_code(tx, &account, one_time_code.as_deref(), (&source, now))? {
            // `Ok`, so that the failure is committed although the request is refused.
            return Ok::<_, Problem>(None);
        }
        if !store::delete_link(tx, &token::digest(&link))? {
            return Err(expired());
        }
        let row = IdentityRow { id: SsoIdentityId::make(), issuer, subject, user_id: account.id, created_at: now };
        store::insert_identity(tx, &row)?;
        notice::record(tx, &account, (SsoNotice::Linked, &row.issuer, provider.name()), now)?;
        if is_logged_in {
            return Ok(Some(None));
        }
        lockout::record_success(tx, (account.id, &account.email_key), &source, now)?;
        session::begin(tx, &shared, (account.id, LoginMethod::Provider { is_multi_factor }), device).map(Some).map(Some)
    };
    let linked = context.db.write(work).await?;
    let source = context.source_address(req);
    let Some(tokens) = linked else {
        tracing::info!(target: "hoicho::security", %user, %source, "wrong code of the second factor");
        return Err(Problem::new(Code::WrongCode, MessageId("error-wrong-code")));
    };
    tracing::info!(target: "hoicho::security", %user, %source, "linked an account at the OpenID provider");
    Ok(tokens)
}

/// Unlinks an account at a provider.
///
/// # Errors
/// [`Code::NotFound`] if it is not linked with this user.
pub(in crate::identity) fn unlink(
    tx: &mut Tx<'_>,
    user: UserId,
    (id, configured): (SsoIdentityId, Option<&SsoProvider>),
    now: Instant,
) -> Result<(), Problem> {
    let issuer = store::delete_identity(tx, user, id)?.ok_or(Code::NotFound)?;
    let account = find_account(tx, user)?;
    // A provider that is not configured any more has no name.
    let provider = configured.filter(|provider| provider.issuer() == issuer).map_or(issuer.as_str(), |p| p.name());
    Ok(notice::record(tx, &account, (SsoNotice::Unlinked, &issuer, provider), now)?)
}
