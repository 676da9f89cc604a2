//! What time alone takes away, as the settings say.
use chrono::Duration;
use diesel::prelude::*;

use super::erase::empty_account;
use hoicho_core::{
    config,
    db::{
        Tx,
        schema::{applications, audit_log, events, exhibitor_contacts, opening_days, users},
    },
    values::{
        clock::Instant,
        ids::{AuditId, ContactId},
    },
};
use hoicho_web::{identity::store::Account, outbox};

/// Rows of one kind that go at once: the next turn takes more.
const AT_ONCE: i64 = 2_000;
/// Accounts that go at once.
const ACCOUNTS: i64 = 100;

/// The moment before which things of `days` days ago were made; `None` for what is kept for ever.
fn end(days: u32, now: Instant) -> Option<Instant> {
    (days > 0).then(|| now.checked_sub_signed(Duration::days(days.into()))).flatten()
}

/// The first identifier that could have been made at `at`.
fn first_of(at: Instant) -> uuid::Uuid {
    let ms = u64::try_from(at.and_utc().timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(ms, &[0; 10]).into_uuid()
}

/// Forgets what is older than the settings let it grow; returns how many rows.
pub fn forget(tx: &mut Tx<'_>, keep: config::Retention, now: Instant) -> QueryResult<usize> {
    let mut gone = 0;
    if let Some(before) = end(keep.audit_days, now) {
        let old: Vec<AuditId> = audit_log::table
            .filter(audit_log::id.lt(AuditId(first_of(before))))
            // What partners are still told of stays until they have been.
            .filter(audit_log::id.ne_all(events::table.select(events::audit_log_id)))
            .order(audit_log::id)
            .limit(AT_ONCE)
            .select(audit_log::id)
            .load(tx.conn())?;
        gone += diesel::delete(audit_log::table.filter(audit_log::id.eq_any(old))).execute(tx.conn())?;
    }
    if let Some(before) = end(keep.contacts_days, now) {
        let ended = applications::table
            .inner_join(opening_days::table.on(opening_days::edition_id.eq(applications::edition_id)))
            .filter(opening_days::day.ge(before.date()))
            .select(applications::exhibitor_id);
        let old: Vec<ContactId> = exhibitor_contacts::table
            .filter(exhibitor_contacts::id.lt(ContactId(first_of(before))))
            .filter(exhibitor_contacts::exhibitor_id.ne_all(ended))
            .order(exhibitor_contacts::id)
            .limit(AT_ONCE)
            .select(exhibitor_contacts::id)
            .load(tx.conn())?;
        gone +=
            diesel::delete(exhibitor_contacts::table.filter(exhibitor_contacts::id.eq_any(old))).execute(tx.conn())?;
    }
    if let Some(before) = end(keep.unproved_accounts_days, now) {
        let old: Vec<Account> = users::table
            .filter(users::email_verified_at.is_null())
            .filter(users::erased_at.is_null())
            .filter(users::created_at.lt(before))
            .order(users::created_at)
            .limit(ACCOUNTS)
            .select(Account::as_select())
            .load(tx.conn())?;
        for account in &old {
            let letters = outbox::waiting_for(tx, &account.email_key)?;
            outbox::take_back(tx, &letters)?;
            empty_account(tx, account, now)?;
        }
        gone += old.len();
    }
    Ok(gone)
}
