//! A login as it is kept: a short access token, and a refresh token that is good once.
use actix_web::web;
use chrono::Duration;
use serde::Serialize;
use uuid::{NoContext, Timestamp, Uuid};

use super::{store, token};
use crate::identity::RequestContext;
use crate::{audit, http::Problem};
use hoicho_core::{
    db::Tx,
    values::{
        clock::Instant,
        ids::{TokenFamilyId, UserId},
    },
};

/// Seconds in which a browser may show an old refresh token once more: its tabs and requests run side by side, and all
/// of them begin with the same cookie.
const LEEWAY_S: i64 = 20;

/// The name of a login that begins now; it tells when that was.
pub(super) fn begin(now: Instant) -> TokenFamilyId {
    let now = now.and_utc();
    let at = Timestamp::from_unix(NoContext, now.timestamp().unsigned_abs(), now.timestamp_subsec_nanos());
    TokenFamilyId(Uuid::new_v7(at))
}

fn began(login: TokenFamilyId) -> Option<Instant> {
    let (seconds, nanos) = login.0.get_timestamp()?.to_unix();
    chrono::DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos).map(|at| at.naive_utc())
}

/// What a login gives.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = TokensView)]
pub struct Tokens {
    /// JWT for `Authorization: Bearer`.
    pub access_token: String,
    /// Seconds the access token is good for.
    pub expires_in: u32,
    /// Good for one refresh.
    pub refresh_token: String,
}

/// Makes the tokens of a login.
pub(super) fn issue(
    context: &web::Data<RequestContext>,
    user: UserId,
    family: TokenFamilyId,
) -> impl FnOnce(&mut Tx<'_>) -> Result<Tokens, Problem> + use<> {
    let context = context.clone();
    move |tx| {
        let now = context.clock.now();
        let refresh_token = token::opaque();
        let idle = now + Duration::days(context.refresh_days.into());
        let expires_at = idle.min(began(family).unwrap_or(now) + Duration::days(context.login_days.into()));
        store::insert_refresh_token(tx, &token::digest(&refresh_token), family, user, expires_at)?;
        Ok(Tokens {
            access_token: context.tokens.sign(user, now)?,
            expires_in: context.tokens.access_s(),
            refresh_token,
        })
    }
}

/// Gives new tokens for a refresh token; using one a second time ends the whole login: it was copied.
pub(super) async fn renew(context: &web::Data<RequestContext>, refresh_token: &str) -> Result<Option<Tokens>, Problem> {
    let (digest, doors) = (token::digest(refresh_token), context.clone());
    let work = move |tx: &mut Tx<'_>| match store::use_refresh_token(tx, &digest, doors.clock.now())? {
        Some((family, user)) => issue(&doors, user, family)(tx).map(Some),
        // The family ends even though the answer is a refusal, so this is no error here.
        None => store::end_family_of(tx, &digest).map(|_| None).map_err(Problem::from),
    };
    context.db.write(work).await
}

/// What a browser's refresh token is worth.
pub enum Renewed {
    /// New tokens of both kinds.
    Both(Tokens),
    /// Another request of the same browser was first and has the new refresh token; an access token for this one.
    Access(String),
    /// Nothing: the login is over.
    Nothing,
}

/// The same for a browser.
pub async fn renew_in_browser(context: &web::Data<RequestContext>, refresh_token: &str) -> Result<Renewed, Problem> {
    let (digest, doors) = (token::digest(refresh_token), context.clone());
    let work = move |tx: &mut Tx<'_>| {
        let now = doors.clock.now();
        if let Some((family, user)) = store::use_refresh_token(tx, &digest, now)? {
            return issue(&doors, user, family)(tx).map(Renewed::Both);
        }
        if let Some(user) = store::just_refreshed(tx, &digest, now - Duration::seconds(LEEWAY_S))? {
            return doors.tokens.sign(user, now).map(Renewed::Access);
        }
        store::end_family_of(tx, &digest)?;
        Ok::<_, Problem>(Renewed::Nothing)
    };
    context.db.write(work).await
}

/// Ends the login that a refresh token belongs to.
pub async fn end(context: &web::Data<RequestContext>, refresh_token: &str) -> Result<(), Problem> {
    let digest = token::digest(refresh_token);
    context.db.write(move |tx| store::end_family_of(tx, &digest).map(|_| ()).map_err(Problem::from)).await
}

/// Ends every login of an account by its address: a phone that was lost, somebody who left. The number of tokens that were
/// good; `None` where nobody has that address. An access token that is out lives on for some minutes.
pub fn sign_out(tx: &mut Tx<'_>, email: &str, now: Instant) -> Result<Option<usize>, Problem> {
    let Some(account) = store::account_by_email(tx, &email.trim().to_lowercase())? else { return Ok(None) };
    let ended = store::end_logins_of(tx, account.id)?;
    let entry = audit::Entry::<()> {
        organiser: None,
        edition: None,
        actor: None,
        api_key: None,
        action: "user.sign_out",
        subject: account.id.to_string(),
        before: None,
        after: None,
        at: now,
    };
    audit::record(tx, entry)?;
    Ok(Some(ended))
}
