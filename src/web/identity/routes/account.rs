//! What the endpoints of accounts share: validation of addresses and passwords, and the audit log.
use secrecy::{ExposeSecret, SecretString};

use super::super::passwords::PasswordHasher;
use crate::{
    audit::{self, AuditAction},
    http::{FieldCode, Problem, Validator, limits::EmailText},
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{clock::Instant, ids::UserId},
};

/// Validates an e-mail address.
pub fn validate_email(checks: &mut Validator, pointer: &str, typed: &str) -> String {
    let email = checks.require_text::<EmailText>(pointer, typed);
    checks.require(
        email.parse::<lettre::Address>().is_ok(),
        pointer,
        FieldCode::Email,
        MessageId("error-invalid-email"),
    );
    email
}

/// Validates a password by length and by its zxcvbn score, which must be at least 2 (more than 10^6 guesses). Common
/// passwords, the user's own name and address, and our own name score low. There are no rules on character classes:
/// they make people write passwords down.
///
/// # Errors
/// [`Code::Unavailable`](crate::http::Code::Unavailable) if too many passwords are being rated.
pub(super) async fn validate_password(
    passwords: &PasswordHasher,
    checks: &mut Validator,
    pointer: &str,
    typed: &SecretString,
    own: &[&str],
) -> Result<(), Problem> {
    let is_long_enough = (10..=200).contains(&typed.expose_secret().chars().count());
    checks.require(is_long_enough, pointer, FieldCode::Password, MessageId("error-password-length"));
    if is_long_enough {
        let own = own.iter().map(|&word| word.to_owned()).collect();
        let is_guessable = passwords.is_guessable(typed, own).await?;
        checks.require(!is_guessable, pointer, FieldCode::Guessable, MessageId("error-password-weak"));
    }
    Ok(())
}

/// Writes a row of the audit log about the user's own account, never with a password or token.
pub(super) fn record_audit<T: serde::Serialize>(
    tx: &mut Tx<'_>,
    user: UserId,
    action: AuditAction,
    before: Option<T>,
    after: Option<T>,
    at: Instant,
) -> diesel::QueryResult<()> {
    let subject = user.to_string();
    audit::record(
        tx,
        audit::Entry {
            organiser: None,
            edition: None,
            actor: Some(user),
            api_key: None,
            on_behalf_of: None,
            action,
            subject,
            before,
            after,
            at,
        },
    )
}
