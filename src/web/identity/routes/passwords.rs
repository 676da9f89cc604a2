//! Password reset and change.
use actix_web::{HttpRequest, HttpResponse, post, put, web};
use secrecy::SecretString;
use serde::Deserialize;

use super::super::{SignedIn, email_tokens, email_tokens::Purpose, lockout, store};
use crate::{
    audit::AuditAction,
    http::{Body, Code, Problem, Validator},
    identity::RequestContext,
    outbox,
};
use hoicho_core::i18n::MessageId;

/// Requests a password reset.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestReset {
    /// Address of the account; upper and lower case are the same.
    email: String,
}

/// Sends a password reset link by e-mail. The response is 202 whether or not the account exists.
///
/// Public. The link is valid for one hour, once; an account gets at most five that are valid at a time.
#[utoipa::path(
    post,
    path = "/api/v1/auth/password-reset",
    tag = "auth",
    security(()),
    request_body = RequestReset,
    responses(
        (status = 202),
        (status = 422),
    ),
)]
#[post("/auth/password-reset")]
pub(super) async fn request_reset(
    context: web::Data<RequestContext>,
    body: Body<RequestReset>,
) -> Result<HttpResponse, Problem> {
    let email = body.into_result()?.email;
    let now = context.clock.now();
    if let Some(key) = store::email_key(&email) {
        context
            .db
            .write(move |tx| {
                match store::find_account_by_email(tx, &key)? {
                    Some(account) => email_tokens::send(tx, &account, Purpose::ResetPassword, now)?,
                    None => outbox::insert_decoy(tx, now)?,
                }
                Ok::<_, Problem>(())
            })
            .await?;
    }
    Ok(HttpResponse::Accepted().finish())
}

/// Sets a new password with a token.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmReset {
    /// From the e-mail.
    token: String,
    /// 10 to 200 characters.
    #[schema(value_type = String)]
    password: SecretString,
}

/// Sets a new password with the single-use token from the e-mail. Ends all logins of the account and verifies its address.
///
/// Public, with the token. Refused with 404 `not_found` if it was used or has expired, and 422 `invalid` for a password that is
/// too short or easy to guess. A lock-out of the account ends; the second factor stays.
#[utoipa::path(
    post,
    path = "/api/v1/auth/password-reset/confirm",
    tag = "auth",
    security(()),
    request_body = ConfirmReset,
    responses(
        (status = 204),
        (status = 404),
        (status = 422),
    ),
)]
#[post("/auth/password-reset/confirm")]
pub(super) async fn confirm_reset(
    context: web::Data<RequestContext>,
    body: Body<ConfirmReset>,
) -> Result<HttpResponse, Problem> {
    let ConfirmReset { token, password } = body.into_result()?;
    let mut checks = Validator::default();
    super::account::validate_password(&context.passwords, &mut checks, "/password", &password, &[]).await?;
    checks.finish()?;
    let now = context.clock.now();
    let invalid_token = || Problem::new(Code::NotFound, MessageId("error-invalid-reset-token"));
    // Looked up before the password is hashed, so that a made-up token costs neither that nor a write.
    let looked_up = token.clone();
    let owner = context
        .db
        .read(move |tx| email_tokens::find_owner(tx, &looked_up, Purpose::ResetPassword, now).map_err(Problem::from));
    if owner.await?.is_none() {
        return Err(invalid_token());
    }
    let password_hash = context.passwords.hash(password).await?;
    context
        .db
        .write(move |tx| {
            let user = email_tokens::consume(tx, &token, Purpose::ResetPassword, now)?.ok_or_else(invalid_token)?;
            store::set_password(tx, user, &password_hash, now)?;
            store::verify_email(tx, user, now)?;
            super::account::record_audit::<()>(tx, user, AuditAction::UserResetPassword, None, None, now)?;
            let account = store::find_account(tx, user)?;
            Ok::<_, Problem>(lockout::reset(tx, &account.email_key)?)
        })
        .await?;
    context.tokens.ended_sessions().invalidate();
    Ok(HttpResponse::NoContent().finish())
}

/// Changes the password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangePassword {
    /// Present password, as a confirmation.
    #[schema(value_type = String)]
    current: SecretString,
    /// 10 to 200 characters.
    #[schema(value_type = String)]
    new: SecretString,
}

/// Changes the caller's password. Ends all logins of the account.
///
/// Every logged-in person, for themselves. Refused with 401 `wrong_credentials` for a wrong current password, 422 `invalid` for a
/// new one that is too short or easy to guess, and 429 `too_many_requests` during a lock-out. This login ends too: log in again.
#[utoipa::path(
    put,
    path = "/api/v1/me/password",
    tag = "auth",
    security(("session" = [])),
    request_body = ChangePassword,
    responses(
        (status = 204),
        (status = 401),
        (status = 422),
        (status = 429),
    ),
)]
#[put("/me/password")]
pub(super) async fn change_password(
    req: HttpRequest,
    caller: SignedIn,
    body: Body<ChangePassword>,
) -> Result<HttpResponse, Problem> {
    let ChangePassword { current, new } = body.into_result()?;
    let (user, now, context) = (caller.user, caller.now, caller.context);
    let account = context.db.read(move |tx| store::find_account(tx, user).map_err(Problem::from)).await?;
    let mut checks = Validator::default();
    let own = [account.email.as_str(), account.display_name.as_str()];
    super::account::validate_password(&context.passwords, &mut checks, "/new", &new, &own).await?;
    checks.finish()?;
    let from = context.source_address(&req).to_string();
    lockout::confirm_password(&context, &account, current, (from, now)).await?;
    let password_hash = context.passwords.hash(new).await?;
    context
        .db
        .write(move |tx| {
            store::set_password(tx, user, &password_hash, now)?;
            Ok::<_, Problem>(super::account::record_audit::<()>(
                tx,
                user,
                AuditAction::UserChangePassword,
                None,
                None,
                now,
            )?)
        })
        .await?;
    context.tokens.ended_sessions().invalidate();
    Ok(HttpResponse::NoContent().finish())
}
