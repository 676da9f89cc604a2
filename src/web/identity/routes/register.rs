//! Registering, and proving that an address is one's own.
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
    /// Of mails; `vi` unless told.
    language: Option<Language>,
    /// The privacy notice that the person read and agrees to (`/privacy`): `2026-11`. The date is kept.
    agreed_notice: Option<String>,
}

/// Registers a person, who gets a mail to prove the address. Whether it has an account already is told by mail
/// only: the answer is always 202.
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
    let agrees = agreed_notice.is_some();
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
            let known = store::account_by_email(tx, &user.email_key)?;
            match known {
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
                    if agrees {
                        consent::give(tx, account.id, now)?;
                    }
                    super::note::<()>(tx, account.id, "user.register_again", None, None, now)?;
                    let account = store::account(tx, account.id)?;
                    one_time::mail(tx, &account, Purpose::VerifyEmail, now)?;
                }
                None => {
                    store::insert_user(tx, &user)?;
                    if agrees {
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

/// Prove an address.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct VerifyEmail {
    /// From the mail.
    token: String,
    /// The one chosen when registering: the mail's reader and the account's maker must be one person, or
    /// somebody could register a stranger's address and wait for the stranger to click.
    #[schema(value_type = String)]
    password: SecretString,
}

/// Proves that an address is the account's. The token works once.
#[utoipa::path(post, path = "/api/v1/auth/verify-email", tag = "auth", request_body = VerifyEmail, responses((status = 204), (status = 401), (status = 404)))]
#[post("/auth/verify-email")]
pub(super) async fn verify_email(
    context: web::Data<RequestContext>,
    body: Body<VerifyEmail>,
) -> Result<HttpResponse, Problem> {
    let VerifyEmail { token, password } = body.get()?;
    let now = context.clock.now();
    let unknown = || Problem::new(Code::NotFound, Said("this-token-is-wrong-used-or-too-2"));
    let looked_up = token.clone();
    let account = context.db.read(move |tx| {
        let owner = one_time::owner(tx, &looked_up, Purpose::VerifyEmail, now)?.ok_or_else(unknown)?;
        Ok::<_, Problem>(store::account(tx, owner)?)
    });
    let hash = account.await?.password_hash;
    if !context.passwords.check(password, Some(hash)).await? {
        return Err(Code::WrongCredentials.into());
    }
    context
        .db
        .write(move |tx| {
            let user = one_time::redeem(tx, &token, Purpose::VerifyEmail, now)?.ok_or_else(unknown)?;
            store::verify_email(tx, user, now)?;
            Ok::<_, Problem>(super::note::<()>(tx, user, "user.verify_email", None, None, now)?)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ask for the mail again.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ResendVerification {
    email: String,
}

/// Sends the verification mail again. The answer is 202 whether or not there is such an account.
#[utoipa::path(post, path = "/api/v1/auth/resend-verification", tag = "auth", request_body = ResendVerification, responses((status = 202), (status = 422)))]
#[post("/auth/resend-verification")]
pub(super) async fn resend_verification(
    context: web::Data<RequestContext>,
    body: Body<ResendVerification>,
) -> Result<HttpResponse, Problem> {
    let typed = body.get()?.email;
    let now = context.clock.now();
    if let Some(key) = super::key(&typed) {
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
