//! Deletes expired data by the configured retention periods: each kind, and each account, in a transaction of its own.
use chrono::Duration;
use diesel::prelude::*;

use super::erase::anonymise_account;
use crate::{exhibitors, organisations};
use hoicho_core::{
    config,
    db::{
        Tx,
        schema::{
            applications, audit_log, events, exhibitor_contacts, exhibitors as e, opening_days, organisation_contacts,
            users,
        },
    },
    values::{
        clock::Instant,
        ids::{AuditId, ContactId, UserId},
    },
};
use hoicho_web::{identity::store::Account, outbox};

/// Max rows deleted per table and run; the next run deletes the rest.
const MAX_ROWS_PER_RUN: i64 = 2_000;
/// Max accounts erased per run.
const MAX_ACCOUNTS_PER_PAGE: i64 = 100;

/// Time `days` days ago; `None` if there is no limit (0).
fn cutoff(days: u32, now: Instant) -> Option<Instant> {
    (days > 0).then(|| now.checked_sub_signed(Duration::days(days.into()))).flatten()
}

/// Smallest UUIDv7 of a time, so a filter on the primary key replaces one on the creation time.
fn min_id_at(at: Instant) -> uuid::Uuid {
    let ms = u64::try_from(at.and_utc().timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(ms, &[0; 10]).into_uuid()
}

/// Deletes entries of the audit log that are older than their retention period; returns their number.
pub fn delete_audit_log(tx: &mut Tx<'_>, keep: config::Retention, now: Instant) -> QueryResult<usize> {
    let Some(before) = cutoff(keep.audit_days, now) else { return Ok(0) };
    let expired: Vec<AuditId> = audit_log::table
        .filter(audit_log::id.lt(AuditId(min_id_at(before))))
        // Entries with a pending webhook event are deleted after the event.
        .filter(audit_log::id.ne_all(events::table.select(events::audit_log_id)))
        .order(audit_log::id)
        .limit(MAX_ROWS_PER_RUN)
        .select(audit_log::id)
        .load(tx.conn())?;
    diesel::delete(audit_log::table.filter(audit_log::id.eq_any(expired))).execute(tx.conn())
}

/// Deletes contacts that are older than their retention period; returns their number.
pub fn delete_contacts(tx: &mut Tx<'_>, keep: config::Retention, now: Instant) -> QueryResult<usize> {
    let Some(before) = cutoff(keep.contacts_days, now) else { return Ok(0) };
    let with_recent_edition = applications::table
        .inner_join(opening_days::table.on(opening_days::edition_id.eq(applications::edition_id)))
        .filter(opening_days::day.ge(before.date()))
        .select(applications::exhibitor_id);
    let expired: Vec<ContactId> = exhibitor_contacts::table
        .filter(exhibitor_contacts::id.lt(ContactId(min_id_at(before))))
        .filter(exhibitor_contacts::exhibitor_id.ne_all(with_recent_edition))
        .order(exhibitor_contacts::id)
        .limit(MAX_ROWS_PER_RUN)
        .select(exhibitor_contacts::id)
        .load(tx.conn())?;
    let deleted = exhibitors::store::delete_contacts(tx, &expired)?;
    let of_linked = e::table
        .filter(e::id.eq_any(with_recent_edition))
        .filter(e::organisation_id.is_not_null())
        .select(e::organisation_id.assume_not_null());
    let expired: Vec<ContactId> = organisation_contacts::table
        .filter(organisation_contacts::id.lt(ContactId(min_id_at(before))))
        .filter(organisation_contacts::organisation_id.ne_all(of_linked))
        .order(organisation_contacts::id)
        .limit(MAX_ROWS_PER_RUN)
        .select(organisation_contacts::id)
        .load(tx.conn())?;
    Ok(deleted + organisations::store::delete_contacts(tx, &expired)?)
}

/// Accounts after an account whose address was not verified in time, at most [`MAX_ACCOUNTS_PER_PAGE`].
pub fn find_unverified(
    tx: &mut Tx<'_>,
    keep: config::Retention,
    now: Instant,
    after: Option<UserId>,
) -> QueryResult<Vec<UserId>> {
    let Some(before) = cutoff(keep.unverified_accounts_days, now) else { return Ok(Vec::new()) };
    unverified()
        .filter(users::created_at.lt(before))
        .filter(users::id.gt(after.unwrap_or(UserId::FIRST)))
        .order(users::id)
        .limit(MAX_ACCOUNTS_PER_PAGE)
        .select(users::id)
        .load(tx.conn())
}

/// Erases an account if its address is still not verified; returns 1, or 0.
pub fn erase_unverified(tx: &mut Tx<'_>, user: UserId, now: Instant) -> QueryResult<usize> {
    let account = unverified().filter(users::id.eq(user)).select(Account::as_select()).get_result(tx.conn());
    let Some(account) = account.optional()? else { return Ok(0) };
    let emails = outbox::find_pending_for(tx, &account.email_key)?;
    outbox::delete_pending(tx, &emails)?;
    outbox::forget_recipient(tx, &account.email_key)?;
    anonymise_account(tx, &account, now)?;
    Ok(1)
}

#[diesel::dsl::auto_type]
fn unverified() -> _ {
    users::table.filter(users::email_verified_at.is_null()).filter(users::erased_at.is_null())
}
