//! Login sessions: a short-lived access token, and a single-use refresh token.
use actix_web::web;
use chrono::Duration;
use serde::Serialize;
use uuid::{NoContext, Timestamp, Uuid};

use super::{store, token};
use crate::{
    audit::{self, AuditAction},
    http::Problem,
    identity::RequestContext,
};
use hoicho_core::{
    db::Tx,
    values::{
        clock::Instant,
        ids::{TokenFamilyId, UserId},
    },
};

/// Grace period in which a browser may present a used refresh token again, in seconds: concurrent requests and tabs
/// start with the same cookie.
const REUSE_GRACE_S: i64 = 20;

/// Creates a token family; its UUID contains the time of the login.
pub(super) fn new_family(now: Instant) -> TokenFamilyId {
    let now = now.and_utc();
    let at = Timestamp::from_unix(NoContext, now.timestamp().unsigned_abs(), now.timestamp_subsec_nanos());
    TokenFamilyId(Uuid::new_v7(at))
}

fn started_at(login: TokenFamilyId) -> Option<Instant> {
    let (seconds, nanos) = login.0.get_timestamp()?.to_unix();
    chrono::DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos).map(|at| at.naive_utc())
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

/// Issues the tokens of a login. A refresh token expires after `refresh_days` without use, and `login_days` after the
/// login at the latest.
pub(super) fn issue_tokens(
    context: &web::Data<RequestContext>,
    user: UserId,
    family: TokenFamilyId,
) -> impl FnOnce(&mut Tx<'_>) -> Result<Tokens, Problem> + use<> {
    let context = context.clone();
    move |tx| {
        let now = context.clock.now();
        let refresh_token = token::generate_opaque();
        let idle_expiry = now + Duration::days(context.refresh_ttl_days.into());
        let expires_at =
            idle_expiry.min(started_at(family).unwrap_or(now) + Duration::days(context.max_login_days.into()));
        store::insert_refresh_token(tx, &token::digest(&refresh_token), family, user, expires_at)?;
        Ok(Tokens {
            access_token: context.tokens.sign(user, now)?,
            expires_in: context.tokens.access_ttl_s(),
            refresh_token,
        })
    }
}

/// Exchanges a refresh token for new tokens. Reuse means that it was copied, and revokes its token family.
pub(super) async fn refresh(
    context: &web::Data<RequestContext>,
    refresh_token: &str,
) -> Result<Option<Tokens>, Problem> {
    let (digest, app) = (token::digest(refresh_token), context.clone());
    let work = move |tx: &mut Tx<'_>| match store::use_refresh_token(tx, &digest, app.clock.now())? {
        Some((family, user)) => issue_tokens(&app, user, family)(tx).map(Some),
        // `Ok`, so that the revocation is committed although the request is refused.
        None => store::revoke_family_of(tx, &digest).map(|_| None).map_err(Problem::from),
    };
    context.db.write(work).await
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
    let (digest, app) = (token::digest(refresh_token), context.clone());
    let work = move |tx: &mut Tx<'_>| {
        let now = app.clock.now();
        if let Some((family, user)) = store::use_refresh_token(tx, &digest, now)? {
            return issue_tokens(&app, user, family)(tx).map(BrowserRefresh::Both);
        }
        if let Some(user) = store::find_recently_used(tx, &digest, now - Duration::seconds(REUSE_GRACE_S))? {
            return app.tokens.sign(user, now).map(BrowserRefresh::AccessOnly);
        }
        store::revoke_family_of(tx, &digest)?;
        Ok::<_, Problem>(BrowserRefresh::Ended)
    };
    context.db.write(work).await
}

/// Ends the session of a refresh token.
pub async fn end(context: &web::Data<RequestContext>, refresh_token: &str) -> Result<(), Problem> {
    let digest = token::digest(refresh_token);
    context.db.write(move |tx| store::revoke_family_of(tx, &digest).map(|_| ()).map_err(Problem::from)).await
}

/// Revokes all refresh tokens of the account with this address, for a lost device or someone who left. Returns their
/// number; `None` if there is no such account. Issued access tokens remain valid until they expire.
pub fn end_all(tx: &mut Tx<'_>, email: &str, now: Instant) -> Result<Option<usize>, Problem> {
    let Some(account) = store::find_account_by_email(tx, &email.trim().to_lowercase())? else { return Ok(None) };
    let revoked = store::revoke_all_sessions(tx, account.id)?;
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
