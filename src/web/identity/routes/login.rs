//! Login, token refresh and logout.
use actix_web::{HttpRequest, HttpResponse, post, web};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::super::{
    lockout, session,
    session::{Device, Tokens},
    store,
};
use crate::{
    http::{Body, Code, Problem},
    identity::RequestContext,
};
use hoicho_core::i18n::MessageId;

/// Credentials.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    email: String,
    #[schema(value_type = String)]
    password: SecretString,
}

/// Logs a person in. A wrong e-mail and a wrong password give the same response in the same time. After five failures
/// from one address that address is locked out for 15 minutes.
#[utoipa::path(
    post,
    path = "/api/v1/auth/login",
    tag = "auth",
    request_body = Login,
    responses(
        (status = 200, body = Tokens),
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
    let key = super::account::email_key(&email)
        .filter(|_| password.expose_secret().len() <= 1_000)
        .ok_or(Code::WrongCredentials)?;
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
    let tokens = context.db.write(move |tx| {
        lockout::record_success(tx, (account.id, &key), &address, now)?;
        session::begin(tx, &shared, account.id, device)
    });
    let tokens = tokens.await?;
    let source = context.source_address(&req);
    tracing::info!(target: "hoicho::security", user = %account.id, %source, "logged in");
    Ok(HttpResponse::Ok().json(tokens))
}

/// A refresh token.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Refresh {
    refresh_token: String,
}

/// Exchanges a refresh token for new tokens. Reusing one ends the login in full, because the token was copied.
#[utoipa::path(
    post,
    path = "/api/v1/auth/refresh",
    tag = "auth",
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
#[utoipa::path(
    post,
    path = "/api/v1/auth/logout",
    tag = "auth",
    request_body = Refresh,
    responses((status = 204)),
)]
#[post("/auth/logout")]
pub(super) async fn logout(context: web::Data<RequestContext>, body: Body<Refresh>) -> Result<HttpResponse, Problem> {
    let body = body.into_result()?;
    session::end(&context, &body.refresh_token).await?;
    Ok(HttpResponse::NoContent().finish())
}
