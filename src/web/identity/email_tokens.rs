//! Single-use, expiring tokens sent by e-mail. Only their digest is stored.
use chrono::Duration;
use diesel::prelude::*;

use super::{store::Account, token};
use crate::outbox::{self, EmailKind, OutgoingEmail, Sender};
use hoicho_core::{
    db::{Tx, lock_name, schema::one_time_tokens},
    values::{clock::Instant, ids::UserId},
};

hoicho_core::text_enum! {
    /// What a token is for.
    Purpose {
        /// Verifying an address; expires after 24 hours.
        VerifyEmail,
        /// Setting a new password; expires after one hour.
        ResetPassword,
    }
}

/// Hours in which an address must be verified.
pub const VERIFY_TTL_H: i64 = 24;
/// Max valid tokens per account and purpose, so that nobody can flood a mailbox.
const MAX_VALID: i64 = 5;

impl Purpose {
    fn ttl(self) -> Duration {
        match self {
            Self::VerifyEmail => Duration::hours(VERIFY_TTL_H),
            Self::ResetPassword => Duration::hours(1),
        }
    }
}

/// E-mails a new token to the account's address, up to `MAX_VALID`. Above that the same write is made without an e-mail.
pub fn send(tx: &mut Tx<'_>, account: &Account, purpose: Purpose, now: Instant) -> QueryResult<()> {
    lock_name(tx, &format!("e-mail tokens of {}", account.id))?;
    let unexpired = one_time_tokens::table
        .filter(one_time_tokens::user_id.eq(account.id))
        .filter(one_time_tokens::purpose.eq(purpose))
        .filter(one_time_tokens::expires_at.gt(now));
    if unexpired.count().get_result::<i64>(tx.conn())? >= MAX_VALID {
        return outbox::insert_decoy(tx, now);
    }
    let token = token::generate_opaque();
    diesel::insert_into(one_time_tokens::table)
        .values((
            one_time_tokens::digest.eq(token::digest(&token)),
            one_time_tokens::user_id.eq(account.id),
            one_time_tokens::purpose.eq(purpose),
            one_time_tokens::expires_at.eq(now + purpose.ttl()),
        ))
        .execute(tx.conn())?;
    // Until the address is verified, somebody else may have chosen the name.
    let name = if account.email_verified_at.is_some() { &account.display_name } else { &account.email };
    let kind = match purpose {
        Purpose::VerifyEmail => EmailKind::VerifyEmail { token },
        Purpose::ResetPassword => EmailKind::ResetPassword { token },
    };
    let mail = OutgoingEmail { to: account.email.clone(), name: name.clone(), language: account.language, kind };
    outbox::insert(tx, Sender::Account, &mail, now).map(drop)
}

/// The owner of a valid token.
pub fn find_owner(tx: &mut Tx<'_>, token: &str, purpose: Purpose, now: Instant) -> QueryResult<Option<UserId>> {
    one_time_tokens::table
        .find(token::digest(token))
        .filter(one_time_tokens::purpose.eq(purpose))
        .filter(one_time_tokens::used_at.is_null())
        .filter(one_time_tokens::expires_at.gt(now))
        .select(one_time_tokens::user_id)
        .get_result(tx.conn())
        .optional()
}

/// Marks a valid token as used, in a single statement so that it can be used only once, and deletes the account's
/// tokens of this purpose.
pub fn consume(tx: &mut Tx<'_>, token: &str, purpose: Purpose, now: Instant) -> QueryResult<Option<UserId>> {
    let user: Option<UserId> = diesel::update(
        one_time_tokens::table
            .filter(one_time_tokens::digest.eq(token::digest(token)))
            .filter(one_time_tokens::purpose.eq(purpose))
            .filter(one_time_tokens::used_at.is_null())
            .filter(one_time_tokens::expires_at.gt(now)),
    )
    .set(one_time_tokens::used_at.eq(now))
    .returning(one_time_tokens::user_id)
    .get_result(tx.conn())
    .optional()?;
    if let Some(user) = user {
        diesel::delete(
            one_time_tokens::table
                .filter(one_time_tokens::user_id.eq(user))
                .filter(one_time_tokens::purpose.eq(purpose)),
        )
        .execute(tx.conn())?;
    }
    Ok(user)
}

/// Deletes expired tokens; returns the number of rows.
pub fn delete_expired(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    diesel::delete(one_time_tokens::table.filter(one_time_tokens::expires_at.le(now))).execute(tx.conn())
}
