//! Single-use, expiring tokens that travel by mail. Only a digest is kept.
use chrono::Duration;
use diesel::prelude::*;

use super::{store::Account, token};
use crate::outbox::{self, Letter, Mail};
use hoicho_core::{
    db::{Tx, schema::one_time_tokens},
    values::{clock::Instant, ids::UserId},
};

hoicho_core::text_enum! {
    /// What a token is good for.
    Purpose {
        /// Proving an address, for 24 hours.
        VerifyEmail,
        /// Choosing a new password, for an hour.
        ResetPassword,
    }
}

/// Tokens of one purpose that one account may have at once: a stranger cannot fill a mailbox.
const MOST: i64 = 5;

impl Purpose {
    fn good_for(self) -> Duration {
        match self {
            Self::VerifyEmail => Duration::hours(24),
            Self::ResetPassword => Duration::hours(1),
        }
    }
}

/// Mails a new token to an account's address, unless it has been sent enough of them.
pub fn mail(tx: &mut Tx<'_>, account: &Account, purpose: Purpose, now: Instant) -> QueryResult<()> {
    let live = one_time_tokens::table
        .filter(one_time_tokens::user_id.eq(account.id))
        .filter(one_time_tokens::purpose.eq(purpose))
        .filter(one_time_tokens::expires_at.gt(now));
    if live.count().get_result::<i64>(tx.conn())? >= MOST {
        return outbox::put_nothing(tx, now);
    }
    let token = token::opaque();
    diesel::insert_into(one_time_tokens::table)
        .values((
            one_time_tokens::digest.eq(token::digest(&token)),
            one_time_tokens::user_id.eq(account.id),
            one_time_tokens::purpose.eq(purpose),
            one_time_tokens::expires_at.eq(now + purpose.good_for()),
        ))
        .execute(tx.conn())?;
    let letter = match purpose {
        Purpose::VerifyEmail => Letter::VerifyEmail { token },
        Purpose::ResetPassword => Letter::ResetPassword { token },
    };
    let mail =
        Mail { to: account.email.clone(), name: account.display_name.clone(), language: account.language, letter };
    outbox::put(tx, &mail, now)
}

/// Whose good token this is.
pub fn owner(tx: &mut Tx<'_>, token: &str, purpose: Purpose, now: Instant) -> QueryResult<Option<UserId>> {
    one_time_tokens::table
        .find(token::digest(token))
        .filter(one_time_tokens::purpose.eq(purpose))
        .filter(one_time_tokens::used_at.is_null())
        .filter(one_time_tokens::expires_at.gt(now))
        .select(one_time_tokens::user_id)
        .get_result(tx.conn())
        .optional()
}

/// Uses a token if it is good: one statement, so that it can be used only once. The account's other tokens of the
/// purpose end with it.
pub fn redeem(tx: &mut Tx<'_>, token: &str, purpose: Purpose, now: Instant) -> QueryResult<Option<UserId>> {
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

/// Forgets what has run out; returns how many.
pub fn forget(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    diesel::delete(one_time_tokens::table.filter(one_time_tokens::expires_at.le(now))).execute(tx.conn())
}
