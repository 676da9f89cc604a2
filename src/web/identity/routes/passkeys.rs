//! Login with a passkey, and the caller's own passkeys.
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use webauthn_rs::{
    Webauthn,
    prelude::{PublicKeyCredential, RegisterPublicKeyCredential},
};

use super::{
    super::{
        SignedIn,
        passkeys::{self, CEREMONY_TTL_S, store::PasskeyRow},
        second_factor,
        session::{Device, Tokens},
        store,
    },
    second_factor::confirm_password,
};
use crate::{
    http::{Body, Code, Problem, Validator, limits::ShortNameText, response::Items},
    identity::RequestContext,
};
use hoicho_core::{db::Tx, i18n::MessageId, values::ids::PasskeyId};

/// A passkey of the caller.
#[derive(Serialize, utoipa::ToSchema)]
struct PasskeyView {
    /// Made by the server; names the passkey in the path.
    id: PasskeyId,
    /// Name that its owner gave it.
    name: String,
    /// When it was registered, RFC 3339 in UTC.
    #[schema(value_type = String)]
    created_at: DateTime<Utc>,
    /// Time of the last login with it.
    #[schema(value_type = Option<String>)]
    last_used_at: Option<DateTime<Utc>>,
}

fn view(row: PasskeyRow) -> PasskeyView {
    PasskeyView {
        id: row.id,
        name: row.name,
        created_at: row.created_at.and_utc(),
        last_used_at: row.last_used_at.map(|at| at.and_utc()),
    }
}

/// The first half of a ceremony.
#[derive(Serialize, utoipa::ToSchema)]
struct CeremonyView {
    /// Token for the second half; it is accepted once.
    ceremony: String,
    /// Seconds in which the second half must follow.
    expires_in: u32,
    /// The `publicKey` options for `navigator.credentials` (WebAuthn), binary values in base64url.
    #[schema(value_type = Object)]
    options: Value,
}

fn ceremony_view(begun: passkeys::Begun) -> HttpResponse {
    let passkeys::Begun { ceremony, options } = begun;
    HttpResponse::Ok().json(CeremonyView { ceremony, expires_in: CEREMONY_TTL_S, options })
}

fn relying_party(context: &RequestContext, req: &HttpRequest) -> Result<Webauthn, Problem> {
    let off = || Problem::new(Code::IllegalStep, MessageId("error-passkeys-off"));
    passkeys::find_relying_party(context, req).ok_or_else(off)
}

/// Begins a login with a passkey. 409 where passkeys are off: the server has no public URL with HTTPS.
///
/// Public; nobody is named, the authenticator offers its passkeys. Refused with 409 `illegal_step` where passkeys are off, and
/// 429 `too_many_requests` with 100 open ceremonies from one address.
#[utoipa::path(
    post,
    path = "/api/v1/auth/passkey/ceremony",
    tag = "auth",
    security(()),
    responses(
        (status = 200, body = CeremonyView),
        (status = 409),
        (status = 429),
    ),
)]
#[post("/auth/passkey/ceremony")]
pub(super) async fn begin_passkey_login(
    req: HttpRequest,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    let webauthn = relying_party(&context, &req)?;
    let source = context.source_address(&req).to_string();
    Ok(ceremony_view(passkeys::begin_login(&context, &webauthn, source).await?))
}

/// The second half of a login with a passkey.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PasskeyLogin {
    /// From the first half.
    ceremony: String,
    /// What the authenticator returned: the JSON of a `PublicKeyCredential` with an assertion.
    #[schema(value_type = Object)]
    credential: PublicKeyCredential,
}

/// Logs a person in with a passkey. The authenticator has verified them, so this is a login with two factors: no code is asked for, and
/// roles count that need a second factor. Refused logins count for the lock-out as wrong passwords do.
///
/// Public, with a ceremony, which is accepted once within five minutes. Refused with 401 `wrong_passkey`, 409 `illegal_step` if
/// the ceremony was used or has expired, and 429 `too_many_requests` during a lock-out.
#[utoipa::path(
    post,
    path = "/api/v1/auth/passkey",
    tag = "auth",
    security(()),
    request_body = PasskeyLogin,
    responses(
        (status = 200, body = Tokens),
        (status = 401, description = "wrong_passkey"),
        (status = 409),
        (status = 429),
    ),
)]
#[post("/auth/passkey")]
pub(super) async fn log_in_with_passkey(
    req: HttpRequest,
    context: web::Data<RequestContext>,
    body: Body<PasskeyLogin>,
) -> Result<HttpResponse, Problem> {
    let PasskeyLogin { ceremony, credential } = body.into_result()?;
    let webauthn = relying_party(&context, &req)?;
    let (source, device) = (context.source_address(&req), Device::from_request(&context, &req));
    let sent = (ceremony, credential);
    let (user, tokens) = passkeys::log_in(&context, &webauthn, sent, (source.to_string(), device)).await?;
    tracing::info!(target: "hoicho::security", %user, %source, "logged in with a passkey");
    Ok(HttpResponse::Ok().json(tokens))
}

/// The caller's passkeys in order of registration; at most ten.
///
/// Every logged-in person, about themselves. Without the public keys.
#[utoipa::path(
    get,
    path = "/api/v1/me/passkeys",
    tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, body = Items<PasskeyView>),
        (status = 401),
    ),
)]
#[get("/me/passkeys")]
pub(super) async fn list_passkeys(caller: SignedIn) -> Result<HttpResponse, Problem> {
    let user = caller.user;
    let rows = caller.context.db.read(move |tx| passkeys::store::list(tx, user).map_err(Problem::from)).await?;
    Ok(HttpResponse::Ok().json(Items { items: rows.into_iter().map(view).collect() }))
}

/// Begins to register a passkey.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct BeginPasskey {
    /// Password of the account, as a confirmation.
    #[schema(value_type = String)]
    password: SecretString,
    /// If the account has a second factor: the six digits that the authenticator app shows, or a recovery code.
    one_time_code: Option<String>,
}

/// Begins to register a passkey, for which the password is asked again, and a code if the account has a second factor. It is completed
/// in the same login by `/me/passkey-registration`.
///
/// Every logged-in person, for themselves. Refused with 401 `wrong_credentials` or `wrong_code`, 409 `illegal_step` where
/// passkeys are off or with ten passkeys, and 429 `too_many_requests` during a lock-out. An open ceremony of the same login is
/// replaced.
#[utoipa::path(
    put,
    path = "/api/v1/me/passkey-ceremony",
    tag = "auth",
    security(("session" = [])),
    request_body = BeginPasskey,
    responses(
        (status = 200, body = CeremonyView),
        (status = 401, description = "wrong_credentials, or wrong_code if the code is wrong or missing"),
        (status = 409),
        (status = 429),
    ),
)]
#[put("/me/passkey-ceremony")]
pub(super) async fn begin_passkey(
    req: HttpRequest,
    caller: SignedIn,
    body: Body<BeginPasskey>,
) -> Result<HttpResponse, Problem> {
    let BeginPasskey { password, one_time_code } = body.into_result()?;
    let webauthn = relying_party(&caller.context, &req)?;
    let context = caller.context.clone();
    let (account, source) = confirm_password((&context, &req), &caller, password).await?;
    let (who, now) = (caller.user_session(), caller.now);
    let begun = context.db.write(move |tx| {
        if second_factor::store::is_enabled(tx, account.id)? {
            let Some(code) = one_time_code else { return Ok(None) };
            if !second_factor::verify(tx, &account, &code, (&source, now))? {
                // `Ok`, so that the failure is committed although the request is refused.
                return Ok(None);
            }
        }
        passkeys::begin_registration(tx, &webauthn, (&account, who), (&source, now)).map(Some)
    });
    let begun = begun.await?.ok_or_else(|| Problem::new(Code::WrongCode, MessageId("error-wrong-code")))?;
    Ok(ceremony_view(begun))
}

/// Completes the registration of a passkey.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct RegisterPasskey {
    /// From the first half, which the same login has begun.
    ceremony: String,
    /// Name by which the owner recognises it; 1 to 100 characters.
    #[schema(value_type = ShortNameText)]
    name: String,
    /// What the authenticator returned: the JSON of a `PublicKeyCredential` with an attestation.
    #[schema(value_type = Object)]
    credential: RegisterPublicKeyCredential,
}

/// Registers a passkey. The account has at most ten; its owner gets an e-mail.
///
/// Every logged-in person, for themselves. Refused with 401 `wrong_passkey`, 409 `illegal_step` if the ceremony is another
/// login's, was used or has expired, or with ten passkeys, and 409 `already_exists` if the passkey is registered.
#[utoipa::path(
    put,
    path = "/api/v1/me/passkey-registration",
    tag = "auth",
    security(("session" = [])),
    request_body = RegisterPasskey,
    responses(
        (status = 200, body = PasskeyView),
        (status = 401),
        (status = 409),
        (status = 422),
    ),
)]
#[put("/me/passkey-registration")]
pub(super) async fn register_passkey(
    req: HttpRequest,
    caller: SignedIn,
    body: Body<RegisterPasskey>,
) -> Result<HttpResponse, Problem> {
    let RegisterPasskey { ceremony, name, credential } = body.into_result()?;
    let name = validate_name(&name)?;
    let webauthn = relying_party(&caller.context, &req)?;
    let sent = (ceremony, name, credential);
    let row = passkeys::register(&caller.context, &webauthn, caller.user_session(), sent).await?;
    Ok(HttpResponse::Ok().json(view(row)))
}

fn validate_name(typed: &str) -> Result<String, Problem> {
    let mut checks = Validator::default();
    let name = checks.require_text::<ShortNameText>("/name", typed);
    checks.finish()?;
    Ok(name)
}

/// The new name of a passkey.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct RenamePasskey {
    /// 1 to 100 characters.
    #[schema(value_type = ShortNameText)]
    name: String,
}

/// Renames a passkey.
///
/// Every logged-in person, for themselves; 404 for a passkey of somebody else.
#[utoipa::path(
    patch,
    path = "/api/v1/me/passkeys/{passkey}",
    tag = "auth",
    security(("session" = [])),
    params(("passkey" = PasskeyId, Path)),
    request_body = RenamePasskey,
    responses(
        (status = 200, body = PasskeyView),
        (status = 401),
        (status = 404),
        (status = 422),
    ),
)]
#[patch("/me/passkeys/{passkey}")]
pub(super) async fn rename_passkey(
    caller: SignedIn,
    path: web::Path<PasskeyId>,
    body: Body<RenamePasskey>,
) -> Result<HttpResponse, Problem> {
    let name = validate_name(&body.into_result()?.name)?;
    let (user, now, id) = (caller.user, caller.now, path.into_inner());
    let renamed = caller.context.db.write(move |tx| {
        let account = store::find_account(tx, user)?;
        passkeys::rename(tx, &account, (id, name), now)
    });
    Ok(HttpResponse::Ok().json(view(renamed.await?)))
}

/// Removes a passkey. Ends the logins that were begun with it, except this one, in which roles that need a second factor no longer
/// count; the owner gets an e-mail.
///
/// Every logged-in person, for themselves; 404 for a passkey of somebody else. The password is not asked for.
#[utoipa::path(
    delete,
    path = "/api/v1/me/passkeys/{passkey}",
    tag = "auth",
    security(("session" = [])),
    params(("passkey" = PasskeyId, Path)),
    responses(
        (status = 204),
        (status = 401),
        (status = 404),
    ),
)]
#[delete("/me/passkeys/{passkey}")]
pub(super) async fn remove_passkey(caller: SignedIn, path: web::Path<PasskeyId>) -> Result<HttpResponse, Problem> {
    let (user, session, now, id, context) =
        (caller.user, caller.session, caller.now, path.into_inner(), caller.context);
    let work = move |tx: &mut Tx<'_>| {
        let account = store::find_account(tx, user)?;
        passkeys::remove(tx, &account, (id, session), now)
    };
    context.db.write(work).await?;
    context.tokens.ended_sessions().invalidate();
    Ok(HttpResponse::NoContent().finish())
}
