//! Accounts at OpenID providers that are linked with the caller's account.
use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::super::{
    SignedIn,
    session::Tokens,
    session_cookies::SessionCookie,
    sso::{self, Confirmation, IdentityRow},
};
use crate::{
    http::{Body, Problem, response::Items},
    identity::RequestContext,
};
use hoicho_core::values::ids::SsoIdentityId;

/// Confirms a link.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkSsoIdentity {
    /// From the cookie that the login at the provider ended with; browsers send it themselves.
    link: Option<String>,
    /// The password of the account.
    #[schema(value_type = String)]
    password: SecretString,
    /// If the account has a second factor: the six digits that the authenticator app shows, or a recovery code.
    one_time_code: Option<String>,
}

/// Links the account at the OpenID provider that the caller has just logged in with, for which the password is asked, and a code if the
/// account has a second factor. The response has tokens, or 204 if the caller was logged in already when they began.
///
/// Public, with what the login at the provider ended with, for ten minutes. Refused with 401 `wrong_credentials` or `wrong_code`,
/// and 429 `too_many_requests` during a lock-out.
#[utoipa::path(
    post,
    path = "/api/v1/auth/sso/link",
    tag = "auth",
    security(()),
    request_body = LinkSsoIdentity,
    responses(
        (status = 200, body = Tokens),
        (status = 204),
        (status = 401, description = "wrong_credentials or wrong_code"),
        (status = 409, description = "illegal_step if the time is over, already_exists if one of the accounts is linked"),
        (status = 429),
    ),
)]
#[post("/auth/sso/link")]
pub(super) async fn link_sso_identity(
    req: HttpRequest,
    context: web::Data<RequestContext>,
    body: Body<LinkSsoIdentity>,
) -> Result<HttpResponse, Problem> {
    let LinkSsoIdentity { link, password, one_time_code } = body.into_result()?;
    let link = link.or_else(|| SessionCookie::Sso.read(&req, context.secure_cookies)).unwrap_or_default();
    let tokens = sso::confirm(&context, &req, Confirmation { link, password, one_time_code }).await?;
    Ok(match tokens {
        Some(tokens) => HttpResponse::Ok().json(tokens),
        None => HttpResponse::NoContent().finish(),
    })
}

/// An account at an OpenID provider that is linked with the caller's account.
#[derive(Serialize, utoipa::ToSchema)]
struct SsoIdentityView {
    /// Names it in the path.
    id: SsoIdentityId,
    /// The provider.
    issuer: String,
    /// Identifier of the account at the provider.
    subject: String,
    /// When it was linked, RFC 3339 in UTC.
    #[schema(value_type = String)]
    linked_at: DateTime<Utc>,
    /// Whether it is the provider of the server's settings: others cannot be logged in with.
    is_usable: bool,
}

/// The accounts at OpenID providers that are linked with the caller's account.
///
/// Every logged-in person, about themselves.
#[utoipa::path(
    get,
    path = "/api/v1/me/sso-identities",
    tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, body = Items<SsoIdentityView>),
        (status = 401),
    ),
)]
#[get("/me/sso-identities")]
pub(super) async fn list_sso_identities(caller: SignedIn) -> Result<HttpResponse, Problem> {
    let (user, context) = (caller.user, caller.context);
    let rows = context.db.read(move |tx| sso::list(tx, user).map_err(Problem::from)).await?;
    let view = |row: IdentityRow| SsoIdentityView {
        id: row.id,
        is_usable: context.sso.as_ref().is_some_and(|provider| provider.issuer() == row.issuer),
        issuer: row.issuer,
        subject: row.subject,
        linked_at: row.created_at.and_utc(),
    };
    Ok(HttpResponse::Ok().json(Items { items: rows.into_iter().map(view).collect() }))
}

/// Unlinks an account at an OpenID provider: it opens the caller's account no more. Logins that have begun with it go on.
///
/// Every logged-in person, for themselves; 404 if it is not linked with their account. The person gets an e-mail, and the
/// password still logs in.
#[utoipa::path(
    delete,
    path = "/api/v1/me/sso-identities/{sso_identity}",
    tag = "auth",
    security(("session" = [])),
    params(("sso_identity" = SsoIdentityId, Path)),
    responses(
        (status = 204),
        (status = 401),
        (status = 404),
    ),
)]
#[delete("/me/sso-identities/{sso_identity}")]
pub(super) async fn unlink_sso_identity(
    caller: SignedIn,
    path: web::Path<SsoIdentityId>,
) -> Result<HttpResponse, Problem> {
    let (user, now, identity, context) = (caller.user, caller.now, path.into_inner(), caller.context);
    let shared = context.clone();
    context.db.write(move |tx| sso::unlink(tx, user, (identity, shared.sso.as_ref()), now)).await?;
    Ok(HttpResponse::NoContent().finish())
}
