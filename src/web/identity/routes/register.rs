//! Registration and e-mail verification.
use actix_web::{HttpResponse, post, web};
use secrecy::SecretString;
use serde::Deserialize;

use super::super::{consent, one_time, one_time::Purpose, store};
use crate::identity::RequestContext;
use crate::{
    http::{Body, Checks, Code, Problem},
    outbox::{self, Letter, Mail},
};
use hoicho_core::{
    i18n::{Language, Said},
    values::ids::UserId,
};

/// Creates an account.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Register {
    /// E-mail address.
    email: String,
    /// 10 to 200 characters.
    #[schema(value_type = String)]
    password: SecretString,
    /// 1 to 200 characters.
    display_name: String,
    /// Language of mails; default `vi`.
    language: Option<Language>,
    /// Version of the privacy notice (`/privacy`) that the person has_consent to: `2026-11`. The time of consent is stored.
    agreed_notice: Option<String>,
}

/// Registers a person and sends a mail to verify the address. The response is always 202; that an account exists already
/// is reported only by mail.
#[utoipa::path(post, path = "/api/v1/auth/register", tag = "auth", request_body = Register, responses((status = 202), (status = 422), (status = 429)))]
#[post("/auth/register")]
pub(super) async fn register(
    context: web::Data<RequestContext>,
    body: Body<Register>,
) -> Result<HttpResponse, Problem> {
    let Register { email, password, display_name, language, agreed_notice } = body.get()?;
    let mut checks = Checks::default();
    let display_name = checks.text("/display_name", &display_name, 200);
    let email = super::email(&mut checks, "/email", &email);
    super::password(&mut checks, "/password", &password, &[&email, &display_name]);
    checks.that(
        agreed_notice.as_ref().is_none_or(|notice| notice == consent::NOTICE),
        "/agreed_notice",
        "notice",
        Said("the-privacy-notice-of-now-is").with(&[("NOTICE", &consent::NOTICE)]),
    );
    checks.done()?;
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
            let existing = store::account_by_email(tx, &user.email_key)?;
            match existing {
                Some(account) if account.email_verified_at.is_some() => {
                    let mail = Mail {
                        to: account.email,
                        name: account.display_name,
                        language: account.language,
                        letter: Letter::AccountExists,
                    };
                    outbox::put(tx, &mail, now)?;
                }
                Some(account) => {
                    store::register_again(tx, account.id, &user.password_hash, &user.display_name)?;
                    if has_consent {
                        consent::give(tx, account.id, now)?;
                    }
                    super::note::<()>(tx, account.id, "user.register_again", None, None, now)?;
                    let account = store::account(tx, account.id)?;
                    one_time::mail(tx, &account, Purpose::VerifyEmail, now)?;
                }
                None => {
                    store::insert_user(tx, &user)?;
                    if has_consent {
                        consent::give(tx, user.id, now)?;
                    }
                    super::note(tx, user.id, "user.register", None, Some(&user.email), now)?;
                    let account = store::account(tx, user.id)?;
                    one_time::mail(tx, &account, Purpose::VerifyEmail, now)?;
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
    /// From the mail.
    token: String,
    /// The password chosen at registration. Required because otherwise somebody could register another person's address
    /// and wait for that person to open the link.
    #[schema(value_type = String)]
    password: SecretString,
}

/// Verifies the address of an account. The token is valid once.
#[utoipa::path(post, path = "/api/v1/auth/verify-email", tag = "auth", request_body = VerifyEmail, responses((status = 204), (status = 401), (status = 404)))]
#[post("/auth/verify-email")]
pub(super) async fn verify_email(
    context: web::Data<RequestContext>,
    body: Body<VerifyEmail>,
) -> Result<HttpResponse, Problem> {
    let VerifyEmail { token, password } = body.get()?;
    let now = context.clock.now();
    let invalid_token = || Problem::new(Code::NotFound, Said("this-token-is-wrong-used-or-too-2"));
    let token_copy = token.clone();
    let account = context.db.read(move |tx| {
        let owner = one_time::owner(tx, &token_copy, Purpose::VerifyEmail, now)?.ok_or_else(invalid_token)?;
        Ok::<_, Problem>(store::account(tx, owner)?)
    });
    let hash = account.await?.password_hash;
    if !context.passwords.check(password, Some(hash)).await? {
        return Err(Code::WrongCredentials.into());
    }
    context
        .db
        .write(move |tx| {
            let user = one_time::redeem(tx, &token, Purpose::VerifyEmail, now)?.ok_or_else(invalid_token)?;
            store::verify_email(tx, user, now)?;
            Ok::<_, Problem>(super::note::<()>(tx, user, "user.verify_email", None, None, now)?)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Requests the verification mail again.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ResendVerification {
    email: String,
}

/// Sends the verification mail again. The response is 202 whether or not the account exists.
#[utoipa::path(post, path = "/api/v1/auth/resend-verification", tag = "auth", request_body = ResendVerification, responses((status = 202), (status = 422)))]
#[post("/auth/resend-verification")]
pub(super) async fn resend_verification(
    context: web::Data<RequestContext>,
    body: Body<ResendVerification>,
) -> Result<HttpResponse, Problem> {
    let email = body.get()?.email;
    let now = context.clock.now();
    if let Some(key) = super::key(&email) {
        context
            .db
            .write(move |tx| {
                match store::account_by_email(tx, &key)?.filter(|a| a.email_verified_at.is_none()) {
                    Some(account) => one_time::mail(tx, &account, Purpose::VerifyEmail, now)?,
                    None => outbox::put_nothing(tx, now)?,
                }
                Ok::<_, Problem>(())
            })
            .await?;
    }
    Ok(HttpResponse::Accepted().finish())
}
