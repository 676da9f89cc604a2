//! Registration and e-mail verification.
use actix_web::{HttpResponse, post, web};
use secrecy::SecretString;
use serde::Deserialize;

use super::super::{consent, email_tokens, email_tokens::Purpose, store};
use crate::{
    audit::AuditAction,
    http::{
        Body, Code, FieldCode, Problem, Validator,
        limits::{EmailText, NameText},
    },
    identity::RequestContext,
    outbox::{self, EmailKind, OutgoingEmail, Sender},
};
use hoicho_core::{
    i18n::{Language, MessageId},
    values::ids::UserId,
};

/// Creates an account.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Register {
    /// E-mail address.
    #[schema(value_type = EmailText)]
    email: String,
    /// 10 to 200 characters.
    #[schema(value_type = String)]
    password: SecretString,
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    display_name: String,
    /// Language of e-mails; default `vi`.
    language: Option<Language>,
    /// Version of the privacy notice (`/privacy`) that the person agreed to: `2026-11`. The time of consent is stored.
    agreed_notice: Option<String>,
}

/// Registers a person and sends an e-mail to verify the address. The response is always 202; that an account exists
/// already is reported only by e-mail.
///
/// Public. Refused with 422 `invalid` for a password that is easy to guess or another version of the notice. Registering again
/// before the address is verified replaces password and name. The e-mail's token is valid for 24 hours.
#[utoipa::path(
    post,
    path = "/api/v1/auth/register",
    tag = "auth",
    security(()),
    request_body = Register,
    responses(
        (status = 202),
        (status = 422),
        (status = 429),
    ),
)]
#[post("/auth/register")]
pub(super) async fn register(
    context: web::Data<RequestContext>,
    body: Body<Register>,
) -> Result<HttpResponse, Problem> {
    let Register { email, password, display_name, language, agreed_notice } = body.into_result()?;
    let mut checks = Validator::default();
    let display_name = checks.require_text::<NameText>("/display_name", &display_name);
    let email = super::account::validate_email(&mut checks, "/email", &email);
    super::account::validate_password(
        &context.passwords,
        &mut checks,
        "/password",
        &password,
        &[&email, &display_name],
    )
    .await?;
    checks.require(
        agreed_notice.as_ref().is_none_or(|notice| notice == consent::NOTICE_VERSION),
        "/agreed_notice",
        FieldCode::Notice,
        MessageId("error-privacy-notice-outdated").with_args(&[("notice", &consent::NOTICE_VERSION)]),
    );
    checks.finish()?;
    let password_hash = context.passwords.hash(password).await?;
    let now = context.clock.now();
    let has_consent = agreed_notice.is_some();
    let user = store::NewUser {
        id: UserId::make(),
        email_key: email.to_lowercase(),
        email,
        password_hash,
        display_name,
        language: language.unwrap_or(Language::Vi),
        is_admin: false,
        email_verified_at: None,
        created_at: now,
    };
    context
        .db
        .write(move |tx| {
            let existing = store::find_account_by_email(tx, &user.email_key)?;
            match existing {
                Some(account) if account.email_verified_at.is_some() => {
                    let mail = OutgoingEmail {
                        to: account.email,
                        name: account.display_name,
                        language: account.language,
                        kind: EmailKind::AccountExists,
                    };
                    outbox::insert(tx, Sender::Account, &mail, now)?;
                }
                Some(account) => {
                    store::update_unverified(tx, account.id, &user.password_hash, &user.display_name)?;
                    if has_consent {
                        consent::record(tx, account.id, now)?;
                    }
                    super::account::record_audit::<()>(
                        tx,
                        account.id,
                        AuditAction::UserRegisterAgain,
                        None,
                        None,
                        now,
                    )?;
                    let account = store::find_account(tx, account.id)?;
                    email_tokens::send(tx, &account, Purpose::VerifyEmail, now)?;
                }
                None => {
                    store::insert_user(tx, &user)?;
                    if has_consent {
                        consent::record(tx, user.id, now)?;
                    }
                    super::account::record_audit(tx, user.id, AuditAction::UserRegister, None, Some(&user.email), now)?;
                    let account = store::find_account(tx, user.id)?;
                    email_tokens::send(tx, &account, Purpose::VerifyEmail, now)?;
                }
            }
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Verifies an address.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct VerifyEmail {
    /// From the e-mail.
    token: String,
    /// The password chosen at registration. Required because otherwise somebody could register another person's address
    /// and wait for that person to open the link.
    #[schema(value_type = String)]
    password: SecretString,
}

/// Verifies the address of an account. The token is valid once.
///
/// Public, with the token. Refused with 404 `not_found` if it was used or has expired, and 401 `wrong_credentials` for another
/// password than the one of the registration. Nobody is logged in by it.
#[utoipa::path(
    post,
    path = "/api/v1/auth/verify-email",
    tag = "auth",
    security(()),
    request_body = VerifyEmail,
    responses(
        (status = 204),
        (status = 401),
        (status = 404),
    ),
)]
#[post("/auth/verify-email")]
pub(super) async fn verify_email(
    context: web::Data<RequestContext>,
    body: Body<VerifyEmail>,
) -> Result<HttpResponse, Problem> {
    let VerifyEmail { token, password } = body.into_result()?;
    let now = context.clock.now();
    let invalid_token = || Problem::new(Code::NotFound, MessageId("error-invalid-verification-token"));
    let token_copy = token.clone();
    let account = context.db.read(move |tx| {
        let owner = email_tokens::find_owner(tx, &token_copy, Purpose::VerifyEmail, now)?.ok_or_else(invalid_token)?;
        Ok::<_, Problem>(store::find_account(tx, owner)?)
    });
    let hash = account.await?.password_hash;
    if !context.passwords.verify(password, Some(hash)).await? {
        return Err(Code::WrongCredentials.into());
    }
    context
        .db
        .write(move |tx| {
            let user = email_tokens::consume(tx, &token, Purpose::VerifyEmail, now)?.ok_or_else(invalid_token)?;
            store::verify_email(tx, user, now)?;
            Ok::<_, Problem>(super::account::record_audit::<()>(
                tx,
                user,
                AuditAction::UserVerifyEmail,
                None,
                None,
                now,
            )?)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Requests the verification e-mail again.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ResendVerification {
    /// Address of the account; upper and lower case are the same.
    email: String,
}

/// Sends the verification e-mail again. The response is 202 whether or not the account exists.
///
/// Public. Nothing is sent if the address is verified, or while five e-mails' tokens are valid.
#[utoipa::path(
    post,
    path = "/api/v1/auth/resend-verification",
    tag = "auth",
    security(()),
    request_body = ResendVerification,
    responses(
        (status = 202),
        (status = 422),
    ),
)]
#[post("/auth/resend-verification")]
pub(super) async fn resend_verification(
    context: web::Data<RequestContext>,
    body: Body<ResendVerification>,
) -> Result<HttpResponse, Problem> {
    let email = body.into_result()?.email;
    let now = context.clock.now();
    if let Some(key) = store::email_key(&email) {
        context
            .db
            .write(move |tx| {
                match store::find_account_by_email(tx, &key)?.filter(|a| a.email_verified_at.is_none()) {
                    Some(account) => email_tokens::send(tx, &account, Purpose::VerifyEmail, now)?,
                    None => outbox::insert_decoy(tx, now)?,
                }
                Ok::<_, Problem>(())
            })
            .await?;
    }
    Ok(HttpResponse::Accepted().finish())
}
