//! The caller's own second factor.
use actix_web::{HttpRequest, HttpResponse, get, put, web};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::super::{
    SignedIn, lockout,
    second_factor::{self, enrolment},
    store::{self, Account},
};
use crate::{
    http::{Body, Code, Problem},
    identity::RequestContext,
};
use hoicho_core::{db::Tx, i18n::MessageId, values::clock::Instant};

/// The second factor of the caller's account.
#[derive(Serialize, utoipa::ToSchema)]
struct SecondFactorView {
    /// `null`: there is none.
    #[schema(value_type = Option<String>)]
    enabled_at: Option<DateTime<Utc>>,
    /// Recovery codes that are left, of ten.
    recovery_codes_left: i64,
}

/// Whether the caller's account has a second factor.
///
/// Every logged-in person, about themselves. Passkeys are not counted here.
#[utoipa::path(
    get,
    path = "/api/v1/me/second-factor",
    tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, body = SecondFactorView),
        (status = 401),
    ),
)]
#[get("/me/second-factor")]
pub(super) async fn get_second_factor(caller: SignedIn) -> Result<HttpResponse, Problem> {
    let user = caller.user;
    let view = caller.context.db.read(move |tx| {
        let enabled_at = second_factor::store::find_enabled_at(tx, user)?;
        let recovery_codes_left = second_factor::store::count_recovery_codes(tx, user)?;
        Ok::<_, Problem>(SecondFactorView { enabled_at: enabled_at.map(|at| at.and_utc()), recovery_codes_left })
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

/// Begins an enrolment.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct BeginSecondFactor {
    /// Password of the account, as a confirmation.
    #[schema(value_type = String)]
    password: SecretString,
}

/// The key for the authenticator app. It cannot be read again once the second factor is confirmed.
#[derive(Serialize, utoipa::ToSchema)]
struct SecondFactorKey {
    /// In base 32, to be typed into the app.
    secret: String,
    /// `otpauth:` address for a QR code.
    url: String,
}

/// The account of the caller, after its password was verified.
pub(super) async fn confirm_password(
    (context, req): (&web::Data<RequestContext>, &HttpRequest),
    caller: &SignedIn,
    password: SecretString,
) -> Result<(Account, String), Problem> {
    let (user, source) = (caller.user, context.source_address(req).to_string());
    let account = context.db.read(move |tx| store::find_account(tx, user).map_err(Problem::from)).await?;
    lockout::confirm_password(context, &account, password, (source.clone(), caller.now)).await?;
    Ok((account, source))
}

/// Begins to set up a second factor, for which the password is asked again. It counts once a code of it is sent to
/// `/me/second-factor/confirmation` within 30 minutes in the same login.
///
/// Every logged-in person, for themselves. Refused with 401 `wrong_credentials`, 409 `illegal_step` if there is one already, and
/// 429 `too_many_requests` during a lock-out. Nothing changes for logins until it is confirmed.
#[utoipa::path(
    put,
    path = "/api/v1/me/second-factor",
    tag = "auth",
    security(("session" = [])),
    request_body = BeginSecondFactor,
    responses(
        (status = 200, body = SecondFactorKey),
        (status = 401),
        (status = 409),
        (status = 429),
    ),
)]
#[put("/me/second-factor")]
pub(super) async fn begin_second_factor(
    req: HttpRequest,
    caller: SignedIn,
    body: Body<BeginSecondFactor>,
) -> Result<HttpResponse, Problem> {
    let BeginSecondFactor { password } = body.into_result()?;
    let context = caller.context.clone();
    let (account, _) = confirm_password((&context, &req), &caller, password).await?;
    let (session, now) = (caller.session, caller.now);
    let pending = context.db.write(move |tx| enrolment::begin(tx, &account, session, now)).await?;
    Ok(HttpResponse::Ok().json(SecondFactorKey { secret: pending.secret, url: pending.url }))
}

/// A code of the authenticator app.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmSecondFactor {
    /// The six digits that the app shows.
    one_time_code: String,
}

/// Codes for a lost phone. They cannot be read again.
#[derive(Serialize, utoipa::ToSchema)]
struct RecoveryCodes {
    /// Each is accepted once instead of a code of the app.
    recovery_codes: Vec<String>,
}

/// Enables the second factor by a code of it. Ends all other logins of the account.
///
/// Every logged-in person, for themselves. Refused with 401 `wrong_code`, and 409 `illegal_step` unless this login began it
/// within 30 minutes. The person gets an e-mail, and the recovery codes are only in this response.
#[utoipa::path(
    put,
    path = "/api/v1/me/second-factor/confirmation",
    tag = "auth",
    security(("session" = [])),
    request_body = ConfirmSecondFactor,
    responses(
        (status = 200, body = RecoveryCodes),
        (status = 401),
        (status = 409),
    ),
)]
#[put("/me/second-factor/confirmation")]
pub(super) async fn confirm_second_factor(
    caller: SignedIn,
    body: Body<ConfirmSecondFactor>,
) -> Result<HttpResponse, Problem> {
    let ConfirmSecondFactor { one_time_code } = body.into_result()?;
    let (user, session, now, context) = (caller.user, caller.session, caller.now, caller.context);
    let work = move |tx: &mut Tx<'_>| {
        let account = store::find_account(tx, user)?;
        enrolment::confirm(tx, &account, (session, &one_time_code), now)
    };
    let recovery_codes = context.db.write(work).await?;
    context.tokens.ended_sessions().invalidate();
    Ok(HttpResponse::Ok().json(RecoveryCodes { recovery_codes }))
}

/// Password and code.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct BothFactors {
    /// Password of the account, as a confirmation.
    #[schema(value_type = String)]
    password: SecretString,
    /// The six digits that the authenticator app shows, or a recovery code.
    one_time_code: String,
}

/// Runs `work` if password and code are right.
async fn with_both_factors<T: Send + 'static>(
    req: &HttpRequest,
    caller: SignedIn,
    BothFactors { password, one_time_code }: BothFactors,
    work: impl FnOnce(&mut Tx<'_>, &Account, Instant) -> diesel::QueryResult<T> + Send + 'static,
) -> Result<T, Problem> {
    let context = caller.context.clone();
    let (account, source) = confirm_password((&context, req), &caller, password).await?;
    let now = caller.now;
    let done = context.db.write(move |tx| {
        if !second_factor::verify(tx, &account, &one_time_code, (&source, now))? {
            // `Ok`, so that the failure is committed although the request is refused.
            return Ok::<_, Problem>(None);
        }
        Ok(Some(work(tx, &account, now)?))
    });
    done.await?.ok_or_else(|| Problem::new(Code::WrongCode, MessageId("error-wrong-code")))
}

/// Replaces the recovery codes; the old ones are void.
///
/// Every logged-in person, for themselves. Refused with 401 `wrong_credentials` or `wrong_code`, 409 `illegal_step` without a
/// second factor, and 429 `too_many_requests` during a lock-out. The person gets an e-mail.
#[utoipa::path(
    put,
    path = "/api/v1/me/second-factor/recovery-codes",
    tag = "auth",
    security(("session" = [])),
    request_body = BothFactors,
    responses(
        (status = 200, body = RecoveryCodes),
        (status = 401),
        (status = 409),
        (status = 429),
    ),
)]
#[put("/me/second-factor/recovery-codes")]
pub(super) async fn renew_recovery_codes(
    req: HttpRequest,
    caller: SignedIn,
    body: Body<BothFactors>,
) -> Result<HttpResponse, Problem> {
    let recovery_codes = with_both_factors(&req, caller, body.into_result()?, enrolment::renew_recovery_codes).await?;
    Ok(HttpResponse::Ok().json(RecoveryCodes { recovery_codes }))
}

/// Turns the second factor off.
///
/// Every logged-in person, for themselves. Refused with 401 `wrong_credentials` or `wrong_code`, 409 `illegal_step` without a
/// second factor, and 429 `too_many_requests` during a lock-out. The person gets an e-mail; roles that need a second factor no
/// longer count.
#[utoipa::path(
    put,
    path = "/api/v1/me/second-factor/removal",
    tag = "auth",
    security(("session" = [])),
    request_body = BothFactors,
    responses(
        (status = 204),
        (status = 401),
        (status = 409),
        (status = 429),
    ),
)]
#[put("/me/second-factor/removal")]
pub(super) async fn remove_second_factor(
    req: HttpRequest,
    caller: SignedIn,
    body: Body<BothFactors>,
) -> Result<HttpResponse, Problem> {
    with_both_factors(&req, caller, body.into_result()?, enrolment::remove).await?;
    Ok(HttpResponse::NoContent().finish())
}
