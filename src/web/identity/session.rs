//! Login sessions: a short-lived access token, and a single-use refresh token.
use actix_web::{HttpRequest, http::header, web};
use chrono::Duration;
use serde::Serialize;
use uuid::{NoContext, Timestamp, Uuid};

use super::{
    device,
    session_store::{self, SessionRow},
    store, token,
};
use crate::{
    audit::{self, AuditAction},
    http::Problem,
    identity::RequestContext,
};
use hoicho_core::{
    db::Tx,
    values::{
        clock::Instant,
        ids::{PasskeyId, SessionId, UserId},
    },
};

/// Grace period in which a browser may present a used refresh token again, in seconds: concurrent requests and tabs
/// start with the same cookie.
const REUSE_GRACE_S: i64 = 20;

/// Generates the identifier of a login; its UUID contains the time.
fn new_session_id(now: Instant) -> SessionId {
    let now = now.and_utc();
    let at = Timestamp::from_unix(NoContext, now.timestamp().unsigned_abs(), now.timestamp_subsec_nanos());
    SessionId(Uuid::new_v7(at))
}

fn started_at(login: SessionId) -> Option<Instant> {
    let (seconds, nanos) = login.0.get_timestamp()?.to_unix();
    chrono::DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos).map(|at| at.naive_utc())
}

/// The device of a login: what it says it is, and the source address.
pub(super) struct Device {
    user_agent: String,
    source: String,
}

impl Device {
    /// The device of a request.
    pub(super) fn from_request(context: &RequestContext, req: &HttpRequest) -> Self {
        let user_agent = req.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let user_agent = device::clean(user_agent.unwrap_or_default());
        Self { user_agent, source: context.source_address(req).to_string() }
    }
}

/// The tokens of a login.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = TokensView)]
pub struct Tokens {
    /// JWT for `Authorization: Bearer`.
    pub access_token: String,
    /// Lifetime of the access token, in seconds.
    pub expires_in: u32,
    /// Valid for one refresh.
    pub refresh_token: String,
}

/// Expiry of a refresh token: after `refresh_days` without use, and `login_days` after the login at the latest.
fn expiry(context: &RequestContext, session: SessionId, now: Instant) -> Instant {
    let idle_expiry = now + Duration::days(context.refresh_ttl_days.into());
    idle_expiry.min(started_at(session).unwrap_or(now) + Duration::days(context.max_login_days.into()))
}

/// How somebody has logged in.
#[derive(Debug, Clone, Copy)]
pub(super) enum LoginMethod {
    /// With the password, and a code if the account has a second factor.
    Password,
    /// At an OpenID provider, which says whether it checked several factors.
    Provider { is_multi_factor: bool },
    /// With a passkey.
    Passkey(PasskeyId),
}

/// Begins a session; returns its first tokens.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    context: &RequestContext,
    (user, method): (UserId, LoginMethod),
    Device { user_agent, source }: Device,
) -> Result<Tokens, Problem> {
    let now = context.clock.now();
    let (is_multi_factor, passkey_id) = match method {
        LoginMethod::Password => (false, None),
        LoginMethod::Provider { is_multi_factor } => (is_multi_factor, None),
        LoginMethod::Passkey(id) => (false, Some(id)),
    };
    let id = new_session_id(now);
    let expires_at = expiry(context, id, now);
    let row = SessionRow {
        id,
        user_id: user,
        user_agent,
        source,
        created_at: now,
        last_used_at: now,
        expires_at,
        ended_at: None,
        is_multi_factor,
        passkey_id,
    };
    session_store::insert(tx, &row)?;
    issue_tokens(tx, context, (id, user), (now, expires_at))
}

/// Continues a session with new tokens.
fn renew(tx: &mut Tx<'_>, context: &RequestContext, (id, user): (SessionId, UserId)) -> Result<Tokens, Problem> {
    let now = context.clock.now();
    let expires_at = expiry(context, id, now);
    session_store::touch(tx, id, now, expires_at)?;
    issue_tokens(tx, context, (id, user), (now, expires_at))
}

fn issue_tokens(
    tx: &mut Tx<'_>,
    context: &RequestContext,
    (session, user): (SessionId, UserId),
    (now, expires_at): (Instant, Instant),
) -> Result<Tokens, Problem> {
    let refresh_token = token::generate_opaque();
    store::insert_refresh_token(tx, &token::digest(&refresh_token), session, user, expires_at)?;
    Ok(Tokens {
        access_token: context.tokens.sign(user, session, now)?,
        expires_in: context.tokens.access_ttl_s(),
        refresh_token,
    })
}

/// A refresh token that is stored, used or not.
struct KnownToken {
    digest: String,
    session: SessionId,
    user: UserId,
    used_at: Option<Instant>,
}

/// Looks a refresh token up by a read, so that made-up tokens cause no write.
async fn find_token(context: &RequestContext, refresh_token: &str) -> Result<Option<KnownToken>, Problem> {
    if !token::is_opaque(refresh_token) {
        return Ok(None);
    }
    let digest = token::digest(refresh_token);
    let found = context.db.read(move |tx| {
        let found = store::find_refresh_token(tx, &digest)?;
        Ok::<_, Problem>(found.map(|(session, user, used_at)| KnownToken { digest, session, user, used_at }))
    });
    found.await
}

/// Exchanges a refresh token for new tokens. Reuse means that it was copied, and ends the session.
pub(super) async fn refresh(
    context: &web::Data<RequestContext>,
    refresh_token: &str,
) -> Result<Option<Tokens>, Problem> {
    let Some(KnownToken { digest, .. }) = find_token(context, refresh_token).await? else { return Ok(None) };
    let app = context.clone();
    let work = move |tx: &mut Tx<'_>| match store::use_refresh_token(tx, &digest, app.clock.now())? {
        Some(owner) => renew(tx, &app, owner).map(Some),
        // `Ok`, so that the revocation is committed although the request is refused.
        None => store::end_session_of(tx, &digest, app.clock.now()).map(|_| None).map_err(Problem::from),
    };
    let tokens = context.db.write(work).await?;
    if tokens.is_none() {
        context.tokens.ended_sessions().invalidate();
    }
    Ok(tokens)
}

/// The result of refreshing a browser session.
pub enum BrowserRefresh {
    /// New access and refresh tokens.
    Both(Tokens),
    /// A concurrent request of the same browser has the new refresh token; an access token only.
    AccessOnly(String),
    /// The session has revoked.
    Ended,
}

/// `refresh` for a browser, with a grace period for concurrent requests.
pub async fn refresh_in_browser(
    context: &web::Data<RequestContext>,
    refresh_token: &str,
) -> Result<BrowserRefresh, Problem> {
    let Some(KnownToken { digest, session, user, used_at }) = find_token(context, refresh_token).await? else {
        return Ok(BrowserRefresh::Ended);
    };
    let now = context.clock.now();
    let grace_start = now - Duration::seconds(REUSE_GRACE_S);
    if used_at.is_some_and(|at| at > grace_start) {
        return context.tokens.sign(user, session, now).map(BrowserRefresh::AccessOnly);
    }
    let app = context.clone();
    let work = move |tx: &mut Tx<'_>| {
        if let Some(owner) = store::use_refresh_token(tx, &digest, now)? {
            return renew(tx, &app, owner).map(BrowserRefresh::Both);
        }
        // A concurrent request has used it since the read.
        if let Some((session, user)) = store::find_recently_used(tx, &digest, grace_start)? {
            return app.tokens.sign(user, session, now).map(BrowserRefresh::AccessOnly);
        }
        store::end_session_of(tx, &digest, now)?;
        Ok::<_, Problem>(BrowserRefresh::Ended)
    };
    let refreshed = context.db.write(work).await?;
    if matches!(refreshed, BrowserRefresh::Ended) {
        context.tokens.ended_sessions().invalidate();
    }
    Ok(refreshed)
}

/// Ends the session of a refresh token.
pub async fn end(context: &web::Data<RequestContext>, refresh_token: &str) -> Result<(), Problem> {
    let Some(KnownToken { digest, .. }) = find_token(context, refresh_token).await? else { return Ok(()) };
    let now = context.clock.now();
    context.db.write(move |tx| store::end_session_of(tx, &digest, now).map_err(Problem::from)).await?;
    context.tokens.ended_sessions().invalidate();
    Ok(())
}

/// Ends all sessions of the account with this address, for a lost device or someone who left. Returns the number of refresh tokens
/// revoked; `None` if there is no such account.
pub fn end_all(tx: &mut Tx<'_>, email: &str, now: Instant) -> Result<Option<usize>, Problem> {
    let Some(account) = store::find_account_by_email(tx, &email.trim().to_lowercase())? else { return Ok(None) };
    let revoked = session_store::end_all(tx, account.id, now)?;
    let entry = audit::Entry::<()> {
        organiser: None,
        edition: None,
        actor: None,
        api_key: None,
        on_behalf_of: None,
        action: AuditAction::UserEndSessions,
        subject: account.id.to_string(),
        before: None,
        after: None,
        at: now,
    };
    audit::record(tx, entry)?;
    Ok(Some(revoked))
}
