//! Registering, logging in, renewing a login, and who am I.
use actix_web::{HttpResponse, get, post, web};
use chrono::Duration;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{SignedIn, roles::*, store, token};
use crate::{
    app::State,
    db::Tx,
    http::{Body, Checks, Code, Problem},
    values::ids::{ExhibitorId, OrganiserId, TokenFamilyId, UserId},
};

/// The operations of this capability.
#[derive(utoipa::OpenApi)]
#[openapi(paths(register, login, refresh, logout, me))]
pub struct ApiDoc;

/// Mounts them.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(register).service(login).service(refresh).service(logout).service(me);
}

/// Make an account.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Register {
    /// Where mail reaches the person.
    email: String,
    /// 10 to 200 characters.
    #[schema(value_type = String)]
    password: SecretString,
    /// As people call them.
    display_name: String,
}

#[derive(Serialize, utoipa::ToSchema)]
struct UserView {
    id: UserId,
    email: String,
    display_name: String,
}

/// Registers a person. The e-mail must not have an account yet.
#[utoipa::path(post, path = "/api/v1/auth/register", tag = "auth", request_body = Register, responses((status = 201, body = UserView), (status = 409), (status = 422)))]
#[post("/auth/register")]
async fn register(state: web::Data<State>, body: Body<Register>) -> Result<HttpResponse, Problem> {
    let Register { email, password, display_name } = body.get()?;
    let mut checks = Checks::default();
    let display_name = checks.text("/display_name", &display_name, 200);
    let email = checks.text("/email", &email, 254);
    checks.that(
        email.parse::<lettre::Address>().is_ok(),
        "/email",
        "email",
        "Địa chỉ e-mail không hợp lệ.",
        "This is not an e-mail address.",
    );
    let length = password.expose_secret().chars().count();
    checks.that(
        (10..=200).contains(&length),
        "/password",
        "password",
        "Mật khẩu cần từ 10 đến 200 ký tự.",
        "A password needs 10 to 200 characters.",
    );
    checks.done()?;
    let password_hash = state.passwords.hash(password).await?;
    let view = UserView { id: UserId::make(), email: email.clone(), display_name: display_name.clone() };
    let user = store::NewUser {
        id: view.id,
        email_key: email.to_lowercase(),
        email,
        password_hash,
        display_name,
        is_admin: false,
        created_at: state.clock.now(),
    };
    state.db.write(move |tx| store::insert_user(tx, &user).map_err(Problem::from)).await?;
    Ok(HttpResponse::Created().json(view))
}

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

/// Logs a person in. A wrong e-mail and a wrong password get the same answer in the same time.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "auth", request_body = Login, responses((status = 200, body = TokensView), (status = 401)))]
#[post("/auth/login")]
async fn login(state: web::Data<State>, body: Body<Login>) -> Result<HttpResponse, Problem> {
    let Login { email, password } = body.get()?;
    if email.contains('\0') || password.expose_secret().len() > 1_000 {
        return Err(Code::WrongCredentials.into());
    }
    let key = email.trim().to_lowercase();
    let found = state.db.read(move |tx| store::credentials(tx, &key).map_err(Problem::from)).await?;
    let (user, hash) = found.unzip();
    let right = state.passwords.check(password, hash).await?;
    let user = user.filter(|_| right).ok_or(Code::WrongCredentials)?;
    let issue = issue(&state, user, TokenFamilyId::make());
    Ok(HttpResponse::Ok().json(state.db.write(issue).await?))
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
async fn refresh(state: web::Data<State>, body: Body<Refresh>) -> Result<HttpResponse, Problem> {
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
async fn logout(state: web::Data<State>, body: Body<Refresh>) -> Result<HttpResponse, Problem> {
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

#[derive(Serialize, utoipa::ToSchema)]
struct OrganiserMembership {
    organiser: OrganiserId,
    role: OrganiserRole,
}

#[derive(Serialize, utoipa::ToSchema)]
struct ExhibitorMembership {
    exhibitor: ExhibitorId,
    role: ExhibitorRole,
}

#[derive(Serialize, utoipa::ToSchema)]
struct MeView {
    #[serde(flatten)]
    user: UserView,
    organisers: Vec<OrganiserMembership>,
    exhibitors: Vec<ExhibitorMembership>,
}

/// Who the caller is, and for whom they work.
#[utoipa::path(get, path = "/api/v1/me", tag = "auth", responses((status = 200, body = MeView), (status = 401)))]
#[get("/me")]
async fn me(caller: SignedIn) -> Result<HttpResponse, Problem> {
    let user = caller.user;
    let me = caller.state.db.read(move |tx| {
        let (email, display_name) = store::person(tx, user)?;
        Ok::<_, Problem>(MeView {
            user: UserView { id: user, email, display_name },
            organisers: store::organiser_roles(tx, user)?
                .into_iter()
                .map(|(organiser, role)| OrganiserMembership { organiser, role })
                .collect(),
            exhibitors: store::exhibitor_roles(tx, user)?
                .into_iter()
                .map(|(exhibitor, role)| ExhibitorMembership { exhibitor, role })
                .collect(),
        })
    });
    Ok(HttpResponse::Ok().json(me.await?))
}
