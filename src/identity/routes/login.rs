//! Logging in, renewing a login, logging out.
use actix_web::{HttpRequest, HttpResponse, post, web};
use chrono::Duration;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::super::{caller::source, lockout, store, token};
use crate::{
    app::State,
    db::Tx,
    http::{Body, Code, Problem},
    values::ids::{TokenFamilyId, UserId},
};

/// Log in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    email: String,
    #[schema(value_type = String)]
    password: SecretString,
}

/// What a login gives.
#[derive(Serialize, utoipa::ToSchema)]
struct TokensView {
    /// JWT for `Authorization: Bearer`.
    access_token: String,
    /// Seconds the access token is good for.
    expires_in: u32,
    /// Good for one refresh.
    refresh_token: String,
}

/// Logs a person in. A wrong e-mail and a wrong password get the same answer in the same time; after five wrong
/// ones from one address that address waits 15 minutes.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "auth", request_body = Login, responses((status = 200, body = TokensView), (status = 401), (status = 403, description = "email_not_verified"), (status = 429)))]
#[post("/auth/login")]
pub(super) async fn login(
    req: HttpRequest,
    state: web::Data<State>,
    body: Body<Login>,
) -> Result<HttpResponse, Problem> {
    let Login { email, password } = body.get()?;
    let key = super::key(&email).filter(|_| password.expose_secret().len() <= 1_000).ok_or(Code::WrongCredentials)?;
    let (now, from) = (state.clock.now(), source(&req, state.behind_proxy));
    let (looked_up, at) = (key.clone(), from.clone());
    let account = state.db.read(move |tx| {
        lockout::check(tx, &looked_up, &at, now)?;
        Ok::<_, Problem>(store::account_by_email(tx, &looked_up)?)
    });
    let account = account.await?;
    let right = state.passwords.check(password, account.as_ref().map(|a| a.password_hash.clone())).await?;
    let Some(account) = account.filter(|_| right) else {
        state.db.write(move |tx| lockout::failed(tx, &key, &from, now).map_err(Problem::from)).await?;
        return Err(Code::WrongCredentials.into());
    };
    if account.email_verified_at.is_none() {
        return Err(Problem::new(
            Code::EmailNotVerified,
            "Hãy mở thư xác minh đã gửi tới e-mail của bạn, hoặc yêu cầu gửi lại.",
            "Please open the verification mail we sent, or ask for it again.",
        ));
    }
    let issue = issue(&state, account.id, TokenFamilyId::make());
    let tokens = state.db.write(move |tx| {
        lockout::succeeded(tx, &key, &from)?;
        issue(tx)
    });
    Ok(HttpResponse::Ok().json(tokens.await?))
}

/// Renew a login.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Refresh {
    refresh_token: String,
}

/// Gives new tokens for a refresh token. Using one a second time ends the whole login: it was copied.
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "auth", request_body = Refresh, responses((status = 200, body = TokensView), (status = 401)))]
#[post("/auth/refresh")]
pub(super) async fn refresh(state: web::Data<State>, body: Body<Refresh>) -> Result<HttpResponse, Problem> {
    let body = body.get()?;
    let digest = token::digest(&body.refresh_token);
    let doors = state.clone();
    let renewed = state
        .db
        .write(move |tx| match store::use_refresh_token(tx, &digest, doors.clock.now())? {
            Some((family, user)) => issue(&doors, user, family)(tx).map(Some),
            // The family ends even though the answer is a refusal, so this is no error here.
            None => store::end_family_of(tx, &digest).map(|_| None).map_err(Problem::from),
        })
        .await?;
    Ok(HttpResponse::Ok().json(renewed.ok_or(Code::LoginRequired)?))
}

/// Ends the login a refresh token belongs to.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "auth", request_body = Refresh, responses((status = 204)))]
#[post("/auth/logout")]
pub(super) async fn logout(state: web::Data<State>, body: Body<Refresh>) -> Result<HttpResponse, Problem> {
    let body = body.get()?;
    let digest = token::digest(&body.refresh_token);
    state.db.write(move |tx| store::end_family_of(tx, &digest).map_err(Problem::from)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn issue(
    state: &web::Data<State>,
    user: UserId,
    family: TokenFamilyId,
) -> impl FnOnce(&mut Tx<'_>) -> Result<TokensView, Problem> + use<> {
    let state = state.clone();
    move |tx| {
        let now = state.clock.now();
        let refresh_token = token::opaque();
        let expires_at = now + Duration::days(state.refresh_days.into());
        store::insert_refresh_token(tx, &token::digest(&refresh_token), family, user, expires_at)?;
        Ok(TokensView {
            access_token: state.tokens.sign(user, now)?,
            expires_in: state.tokens.access_s(),
            refresh_token,
        })
    }
}
