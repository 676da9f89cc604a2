//! The two ceremonies: registering a passkey, and logging in with one. Each begins with a challenge for the authenticator and ends
//! with its response. Challenge and policy stay on the server; the client gets a token by which the second request finds them.
use actix_web::web;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use diesel::QueryResult;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use webauthn_rs::{
    Webauthn,
    prelude::{
        AuthenticationResult, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration,
        PublicKeyCredential, RegisterPublicKeyCredential, WebauthnError,
    },
};

use super::{
    rules::{self, CEREMONY_TTL_S, MAX_CREDENTIAL_BYTES, MAX_OPEN_LOGINS, MAX_PASSKEYS},
    store::{self, NewCeremony, PasskeyRow},
};
use crate::{
    audit::AuditAction,
    http::{Code, Problem, cpu_pool::CpuPool},
    identity::{
        RequestContext, UserSession, lockout,
        second_factor::notice,
        session::{self, Device, LoginMethod, Tokens},
        store::{Account, find_account},
        token,
    },
    outbox::SecondFactorNotice,
};
use hoicho_core::{
    db::{ConstraintViolation, Tx, constraint::constraint_violation, lock_name},
    i18n::MessageId,
    values::{
        clock::Instant,
        ids::{PasskeyId, UserId},
    },
};

/// What a client needs for the first half of a ceremony.
pub(in crate::identity) struct Begun {
    /// Token for the second half.
    pub ceremony: String,
    /// Options for the authenticator.
    pub options: Value,
}

fn internal(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "failed to prepare a ceremony of a passkey");
    Code::Internal.into()
}

fn to_json(value: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| internal(&error))
}

fn from_json<T: DeserializeOwned>(json: &str) -> Result<T, Problem> {
    serde_json::from_str(json).map_err(|error| internal(&error))
}

fn encode(credential_id: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(credential_id)
}

/// Stores a ceremony; returns its token.
fn insert(
    tx: &mut Tx<'_>,
    caller: Option<UserSession>,
    (source, state): (&str, &str),
    now: Instant,
) -> QueryResult<String> {
    let token = token::generate_opaque();
    let ceremony = NewCeremony {
        digest: &token::digest(&token),
        session_id: caller.map(|caller| caller.session),
        source,
        state,
        expires_at: now + Duration::seconds(CEREMONY_TTL_S.into()),
    };
    store::insert_ceremony(tx, &ceremony)?;
    Ok(token)
}

/// Begins to register a passkey. Password, and the code of the second factor if there is one, must have been verified. Ends a
/// registration that the same session had begun.
pub(in crate::identity) fn begin_registration(
    tx: &mut Tx<'_>,
    webauthn: &Webauthn,
    (account, caller): (&Account, UserSession),
    (source, now): (&str, Instant),
) -> Result<Begun, Problem> {
    let registered = store::list(tx, account.id)?;
    if registered.len() >= MAX_PASSKEYS {
        return Err(rules::too_many());
    }
    let excluded = registered.iter().filter_map(|row| URL_SAFE_NO_PAD.decode(&row.credential_key).ok());
    let excluded = excluded.collect();
    let (challenge, state) = webauthn
        .start_passkey_registration(account.id.0, &account.email, &account.display_name, Some(excluded))
        .map_err(|error| internal(&error))?;
    let mut options = serde_json::to_value(&challenge.public_key).map_err(|error| internal(&error))?;
    // The library leaves the choice to the authenticator. A passkey that is not discoverable could not log in.
    if let Some(selection) = options.get_mut("authenticatorSelection").and_then(Value::as_object_mut) {
        selection.insert("residentKey".to_owned(), "required".into());
        selection.insert("requireResidentKey".to_owned(), true.into());
    }
    store::delete_registrations(tx, caller.session)?;
    let ceremony = insert(tx, Some(caller), (source, &to_json(&state)?), now)?;
    Ok(Begun { ceremony, options })
}

/// Completes a registration that the same session has begun.
///
/// # Errors
/// [`Code::IllegalStep`] without such a ceremony or beyond the limit, [`Code::WrongPasskey`], [`Code::AlreadyExists`].
pub(in crate::identity) async fn register(
    context: &RequestContext,
    webauthn: &Webauthn,
    caller: UserSession,
    (ceremony, name, sent): (String, String, RegisterPublicKeyCredential),
) -> Result<PasskeyRow, Problem> {
    let now = context.clock.now();
    // A transaction of its own, so that it has ended whatever comes of the response.
    let state = take(context, ceremony, Some(caller), now).await?;
    if !rules::is_acceptable_registration(&sent) {
        return Err(rules::wrong_passkey());
    }
    let state: PasskeyRegistration = from_json(&state)?;
    let webauthn = webauthn.clone();
    let checked = CpuPool::shared().run(move || webauthn.finish_passkey_registration(&sent, &state)).await?;
    let passkey = checked.map_err(|error| refused(caller.user, &error))?;
    let row = PasskeyRow {
        id: PasskeyId::make(),
        user_id: caller.user,
        credential_key: encode(passkey.cred_id()),
        credential: to_json(&passkey)?,
        last_counter: 0,
        name,
        created_at: now,
        last_used_at: None,
    };
    if row.credential.len() > MAX_CREDENTIAL_BYTES {
        return Err(rules::wrong_passkey());
    }
    context.db.write(move |tx| insert_passkey(tx, row, now)).await
}

fn insert_passkey(tx: &mut Tx<'_>, row: PasskeyRow, now: Instant) -> Result<PasskeyRow, Problem> {
    let account = find_account(tx, row.user_id)?;
    // One registration of a person after another, so that the count is right.
    lockout::lock(tx, &account.email_key)?;
    if store::list(tx, account.id)?.len() >= MAX_PASSKEYS {
        return Err(rules::too_many());
    }
    store::insert(tx, &row).map_err(|error| match constraint_violation(&error) {
        Some(ConstraintViolation::OtherUnique) => rules::already_registered(),
        _ => error.into(),
    })?;
    notice::record(tx, &account, Some(account.id), AuditAction::UserAddPasskey, now)?;
    notice::send(tx, &account, SecondFactorNotice::PasskeyAdded, now)?;
    Ok(row)
}

/// Begins a login. Nobody is named: the authenticator offers the passkeys that it has for this site.
pub(in crate::identity) async fn begin_login(
    context: &RequestContext,
    webauthn: &Webauthn,
    source: String,
) -> Result<Begun, Problem> {
    let now = context.clock.now();
    let (challenge, state) = webauthn.start_discoverable_authentication().map_err(|error| internal(&error))?;
    let options = serde_json::to_value(&challenge.public_key).map_err(|error| internal(&error))?;
    let state = to_json(&state)?;
    let work = move |tx: &mut Tx<'_>| {
        lock_name(tx, &format!("passkey logins {source}"))?;
        if store::count_open_logins(tx, &source, now)? >= MAX_OPEN_LOGINS {
            return Err(Problem::new(Code::TooManyRequests, MessageId("error-passkey-busy")));
        }
        Ok(insert(tx, None, (&source, &state), now)?)
    };
    Ok(Begun { ceremony: context.db.write(work).await?, options })
}

async fn take(
    context: &RequestContext,
    ceremony: String,
    caller: Option<UserSession>,
    now: Instant,
) -> Result<String, Problem> {
    if !token::is_opaque(&ceremony) {
        return Err(rules::no_ceremony());
    }
    let session = caller.map(|caller| caller.session);
    let work =
        move |tx: &mut Tx<'_>| Ok::<_, Problem>(store::take_ceremony(tx, &token::digest(&ceremony), session, now)?);
    context.db.write(work).await?.ok_or_else(rules::no_ceremony)
}

fn refused(user: UserId, error: &WebauthnError) -> Problem {
    tracing::info!(target: "hoicho::security", %user, %error, "refused a passkey");
    rules::wrong_passkey()
}

/// What the signature of a passkey says about its login.
enum Checked {
    Valid(AuthenticationResult),
    /// The counter went back: there may be a copy of the passkey.
    Copied,
    Wrong,
}

async fn check(
    webauthn: &Webauthn,
    (user, sent, state, key): (UserId, PublicKeyCredential, DiscoverableAuthentication, DiscoverableKey),
) -> Result<Checked, Problem> {
    let webauthn = webauthn.clone();
    let finish = move || webauthn.finish_discoverable_authentication_v2(&sent, state, &key);
    Ok(match CpuPool::shared().run(finish).await? {
        // The library refuses a login without user verification; this is what the second factor rests on.
        Ok(result) if result.user_verified() => Checked::Valid(result),
        Ok(_) => Checked::Wrong,
        Err(WebauthnError::CredentialPossibleCompromise) => Checked::Copied,
        Err(error) => {
            refused(user, &error);
            Checked::Wrong
        }
    })
}

/// Completes a login. It counts as an attempt of the account from this address, as one with a password does.
///
/// # Errors
/// [`Code::IllegalStep`] without such a ceremony, [`Code::WrongPasskey`], [`Code::TooManyRequests`] during a lock-out.
pub(in crate::identity) async fn log_in(
    context: &web::Data<RequestContext>,
    webauthn: &Webauthn,
    (ceremony, sent): (String, PublicKeyCredential),
    (source, device): (String, Device),
) -> Result<(UserId, Tokens), Problem> {
    let now = context.clock.now();
    if !rules::is_acceptable_login(&sent) {
        return Err(rules::wrong_passkey());
    }
    let (named, credential_id) =
        webauthn.identify_discoverable_authentication(&sent).map_err(|_| rules::wrong_passkey())?;
    let (named, credential_key) = (UserId(named), encode(credential_id));
    let digest = if token::is_opaque(&ceremony) { token::digest(&ceremony) } else { String::new() };
    // A read, so that made-up ceremonies and passkeys cause no write.
    let found = context.db.read(move |tx| {
        if !store::is_open_login(tx, &digest, now)? {
            return Err(rules::no_ceremony());
        }
        let row = store::find_by_credential(tx, &credential_key)?.filter(|row| row.user_id == named);
        let row = row.ok_or_else(rules::wrong_passkey)?;
        Ok((find_account(tx, row.user_id)?, row))
    });
    let (account, row) = found.await?;
    if account.email_verified_at.is_none() {
        return Err(rules::wrong_passkey());
    }
    let (key, address) = (account.email_key.clone(), source.clone());
    context.db.write(move |tx| lockout::begin_attempt(tx, &key, &address, now)).await?;
    let state: DiscoverableAuthentication = from_json(&take(context, ceremony, None, now).await?)?;
    let passkey: Passkey = from_json(&row.credential)?;
    let checked = check(webauthn, (account.id, sent, state, DiscoverableKey::from(&passkey))).await?;
    let (user, shared) = (account.id, context.clone());
    let work = move |tx: &mut Tx<'_>| match checked {
        Checked::Valid(result) => complete(tx, &shared, (&account, row.id, &result), (&source, device)),
        Checked::Copied => report_copy(tx, &account, now).map(|()| None),
        Checked::Wrong => Ok(None),
    };
    // `Ok` with nothing, so that a report is committed although the request is refused.
    let tokens = context.db.write(work).await?.ok_or_else(rules::wrong_passkey)?;
    Ok((user, tokens))
}

fn report_copy(tx: &mut Tx<'_>, account: &Account, now: Instant) -> Result<(), Problem> {
    notice::record(tx, account, None, AuditAction::UserRefusePasskey, now)?;
    Ok(notice::send(tx, account, SecondFactorNotice::PasskeyCopied, now)?)
}

/// Begins the session, if the passkey is still registered and no concurrent login has used its counter since it was checked.
fn complete(
    tx: &mut Tx<'_>,
    context: &RequestContext,
    (account, id, result): (&Account, PasskeyId, &AuthenticationResult),
    (source, device): (&str, Device),
) -> Result<Option<Tokens>, Problem> {
    let now = context.clock.now();
    lockout::lock(tx, &account.email_key)?;
    let Some(row) = store::find_of(tx, account.id, id)? else { return Ok(None) };
    let mut passkey: Passkey = from_json(&row.credential)?;
    passkey.update_credential(result);
    if !store::accept_use(tx, id, (&to_json(&passkey)?, result.counter().into()), now)? {
        report_copy(tx, account, now)?;
        return Ok(None);
    }
    lockout::record_success(tx, (account.id, &account.email_key), source, now)?;
    session::begin(tx, context, (account.id, LoginMethod::Passkey(id)), device).map(Some)
}

/// Deletes expired ceremonies; returns the number of rows.
pub fn delete_expired(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    store::delete_expired_ceremonies(tx, now)
}
