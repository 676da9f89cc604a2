//! Login, token refresh and logout.
use actix_web::{HttpRequest, HttpResponse, post, web};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::super::{
    lockout, second_factor, session,
    session::{Device, LoginMethod, Tokens},
    session_cookies::SessionCookie,
    store,
};
use crate::{
    http::{Body, Code, Problem},
    identity::RequestContext,
};
use hoicho_core::{db::Tx, i18n::MessageId};

/// Credentials.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    /// Address of the account; upper and lower case are the same.
    email: String,
    /// Password of the account.
    #[schema(value_type = String)]
    password: SecretString,
}

/// A login whose second step is missing.
#[derive(Serialize, utoipa::ToSchema)]
struct ChallengeView {
    /// For `POST /api/v1/auth/second-factor`, and for nothing else.
    challenge: String,
    /// Seconds in which the second step must follow.
    expires_in: u32,
}

/// What a right password leads to.
enum LoggedIn {
    Yes(Tokens),
    /// The account has a second factor.
    Challenge(String),
}

/// Logs a person in. A wrong e-mail and a wrong password give the same response in the same time. After five failures
/// from one address that address is locked out for 15 minutes. If the account has a second factor, the response to the right
/// password is 202 with a challenge instead of tokens.
///
/// Public. Refused with 401 `wrong_credentials`, 403 `email_not_verified` after the right password, and 429 `too_many_requests`
/// during a lock-out, with the time in `Retry-After`. The challenge is valid for five minutes.
#[utoipa::path(
    post,
    path = "/api/v1/auth/login",
    tag = "auth",
    security(()),
    request_body = Login,
    responses(
        (status = 200, body = Tokens),
        (status = 202, body = ChallengeView, description = "The second step is missing"),
        (status = 401),
        (status = 403, description = "email_not_verified"),
        (status = 429),
    ),
)]
#[post("/auth/login")]
pub(super) async fn login(
    req: HttpRequest,
    context: web::Data<RequestContext>,
    body: Body<Login>,
) -> Result<HttpResponse, Problem> {
    let Login { email, password } = body.into_result()?;
    let key =
        store::email_key(&email).filter(|_| password.expose_secret().len() <= 1_000).ok_or(Code::WrongCredentials)?;
    let (now, address) = (context.clock.now(), context.source_address(&req).to_string());
    let (email_key, at) = (key.clone(), address.clone());
    let account = context.db.write(move |tx| {
        lockout::begin_attempt(tx, &email_key, &at, now)?;
        Ok::<_, Problem>(store::find_account_by_email(tx, &email_key)?)
    });
    let account = account.await?;
    let hash = account.as_ref().map(|a| a.password_hash.clone());
    let is_correct = lockout::verify_attempt(&context, (&key, &address), password, hash).await?;
    let Some(account) = account.filter(|_| is_correct) else { return Err(Code::WrongCredentials.into()) };
    if account.email_verified_at.is_none() {
        context.db.write(move |tx| lockout::reset_source(tx, &key, &address).map_err(Problem::from)).await?;
        return Err(Problem::new(Code::EmailNotVerified, MessageId("error-email-not-verified")));
    }
    let (shared, device) = (context.clone(), Device::from_request(&context, &req));
    let work = move |tx: &mut Tx<'_>| {
        // A factor that is being enabled either sees this login and ends it, or is seen here.
        lockout::lock(tx, &key)?;
        if second_factor::store::is_enabled(tx, account.id)? {
            // No success yet: wrong codes before this login still count.
            lockout::withdraw_attempt(tx, &key, &address)?;
            return Ok::<_, Problem>(LoggedIn::Challenge(second_factor::begin_challenge(tx, account.id, now)?));
        }
        lockout::record_success(tx, (account.id, &key), &address, now)?;
        session::begin(tx, &shared, (account.id, LoginMethod::Password), device).map(LoggedIn::Yes)
    };
    let logged_in = context.db.write(work).await?;
    let source = context.source_address(&req);
    match logged_in {
        LoggedIn::Yes(tokens) => {
            tracing::info!(target: "hoicho::security", user = %account.id, %source, "logged in");
            Ok(HttpResponse::Ok().json(tokens))
        }
        LoggedIn::Challenge(challenge) => {
            let expires_in = second_factor::CHALLENGE_TTL_S;
            Ok(HttpResponse::Accepted().json(ChallengeView { challenge, expires_in }))
        }
    }
}

/// The second step of a login.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct SecondStep {
    /// From the response to the password; browsers send it as a cookie.
    challenge: Option<String>,
    /// The six digits that the authenticator app shows, or a recovery code.
    one_time_code: String,
}

/// Completes the login of an account with a second factor. Each code is accepted once. Wrong codes count for the lock-out as wrong
/// passwords do, and after twenty in a day the account accepts no code for that day.
///
/// Public, with the challenge of a login. Refused with 401 `wrong_code`, 401 `login_required` if the challenge has expired, and
/// 429 `too_many_requests` during a lock-out.
#[utoipa::path(
    post,
    path = "/api/v1/auth/second-factor",
    tag = "auth",
    security(()),
    request_body = SecondStep,
    responses(
        (status = 200, body = Tokens),
        (status = 401, description = "wrong_code, or login_required if the challenge has expired"),
        (status = 429),
    ),
)]
#[post("/auth/second-factor")]
pub(super) async fn enter_code(
    req: HttpRequest,
    context: web::Data<RequestContext>,
    body: Body<SecondStep>,
) -> Result<HttpResponse, Problem> {
    let SecondStep { challenge, one_time_code } = body.into_result()?;
    let challenge = challenge.or_else(|| SessionCookie::Challenge.read(&req, context.secure_cookies));
    let expired = || Problem::new(Code::LoginRequired, MessageId("error-login-challenge-expired"));
    let challenge = challenge.ok_or_else(expired)?;
    let (now, looked_up) = (context.clock.now(), challenge.clone());
    // A read, so that made-up challenges cause no write.
    let account = context.db.read(move |tx| {
        let user = second_factor::find_challenge(tx, &looked_up, now)?;
        Ok::<_, Problem>(user.map(|user| store::find_account(tx, user)).transpose()?)
    });
    let account = account.await?.ok_or_else(expired)?;
    let (shared, device) = (context.clone(), Device::from_request(&context, &req));
    let (user, address) = (account.id, context.source_address(&req).to_string());
    let work = move |tx: &mut Tx<'_>| {
        let typed = (challenge.as_str(), one_time_code.as_str());
        if !second_factor::complete_login(tx, &account, typed, (&address, now))? {
            // `Ok`, so that the failure is committed although the request is refused.
            return Ok::<_, Problem>(None);
        }
        lockout::record_success(tx, (account.id, &account.email_key), &address, now)?;
        session::begin(tx, &shared, (account.id, LoginMethod::Password), device).map(Some)
    };
    let tokens = context.db.write(work).await?;
    let source = context.source_address(&req);
    let Some(tokens) = tokens else {
        tracing::info!(target: "hoicho::security", %user, %source, "wrong code of the second factor");
        return Err(Problem::new(Code::WrongCode, MessageId("error-wrong-code")));
    };
    tracing::info!(target: "hoicho::security", %user, %source, "logged in with the second factor");
    Ok(HttpResponse::Ok().json(tokens))
}

/// A refresh token.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Refresh {
    /// From the last response with tokens; accepted once.
    refresh_token: String,
}

/// Exchanges a refresh token for new tokens. Reusing one ends the login in full, because the token was copied.
///
/// Public, with a refresh token. Refused with 401 `login_required` if the token is unknown, was used, or belongs to a login that
/// has ended.
#[utoipa::path(
    post,
    path = "/api/v1/auth/refresh",
    tag = "auth",
    security(()),
    request_body = Refresh,
    responses(
        (status = 200, body = Tokens),
        (status = 401),
    ),
)]
#[post("/auth/refresh")]
pub(super) async fn refresh(context: web::Data<RequestContext>, body: Body<Refresh>) -> Result<HttpResponse, Problem> {
    let body = body.into_result()?;
    let tokens = session::refresh(&context, &body.refresh_token).await?;
    Ok(HttpResponse::Ok().json(tokens.ok_or(Code::LoginRequired)?))
}

/// Ends the login of a refresh token.
///
/// Public, with a refresh token. An unknown token is no error. The access token is refused within seconds.
#[utoipa::path(
    post,
    path = "/api/v1/auth/logout",
    tag = "auth",
    security(()),
    request_body = Refresh,
    responses((status = 204)),
)]
#[post("/auth/logout")]
pub(super) async fn logout(context: web::Data<RequestContext>, body: Body<Refresh>) -> Result<HttpResponse, Problem> {
    let body = body.into_result()?;
    session::end(&context, &body.refresh_token).await?;
    Ok(HttpResponse::NoContent().finish())
}
