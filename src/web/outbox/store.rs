//! Database queries of the outbox.
use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::{
    email::{EmailTopic, OutgoingEmail, Sender},
    recipient_limit::Recent,
    retry_policy::retry_delay,
};
use hoicho_core::{
    db::{MAX_IDS_PER_STATEMENT, MAX_ROWS_PER_INSERT, Tx, lock_name, schema::outbox},
    on_either,
    values::{clock::Instant, ids::OutboxId},
};

/// Lease of a claimed entry in minutes; afterwards another sender may claim it.
const LEASE_MIN: i64 = 5;
/// Retention of sent and abandoned entries in days.
const RETENTION_DAYS: i64 = 30;
/// Rows per batch.
const BATCH_SIZE: i64 = 500;

#[derive(Insertable)]
#[diesel(table_name = outbox)]
struct OutboxRow {
    id: OutboxId,
    kind: EmailTopic,
    sender: String,
    recipient: String,
    payload: String,
    attempts: i32,
    due_at: Instant,
    created_at: Instant,
}

/// What stands for an address in the table: also where the e-mail is sent and its payload erased, its recipient is counted.
fn recipient_digest(address: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(address.trim().to_lowercase()))
}

/// Enqueues e-mails of one sender, except those above the limit of their recipient; returns their number.
pub fn insert_all(tx: &mut Tx<'_>, sender: Sender, mails: &[OutgoingEmail], now: Instant) -> QueryResult<usize> {
    let recipients: Vec<String> = mails.iter().map(|mail| recipient_digest(&mail.to)).collect();
    let mut by_topic: BTreeMap<EmailTopic, Vec<&String>> = BTreeMap::new();
    for (mail, recipient) in mails.iter().zip(&recipients) {
        by_topic.entry(mail.kind.topic()).or_default().push(recipient);
    }
    let mut recent: BTreeMap<EmailTopic, Recent> = BTreeMap::new();
    for (topic, recipients) in &by_topic {
        recent.insert(*topic, Recent::load(tx, *topic, sender, recipients, now)?);
    }
    let mut rows = Vec::new();
    for (mail, recipient) in mails.iter().zip(recipients) {
        let kind = mail.kind.topic();
        if !recent.get_mut(&kind).is_some_and(|recent| recent.admit(&recipient)) {
            continue;
        }
        let payload = serde_json::to_string(mail).map_err(|e| diesel::result::Error::SerializationError(e.into()))?;
        let (id, sender) = (OutboxId::make(), sender.to_string());
        rows.push(OutboxRow { id, kind, sender, recipient, payload, attempts: 0, due_at: now, created_at: now });
    }
    for batch in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(outbox::table).values(batch).execute(c))?;
    }
    Ok(rows.len())
}

/// Enqueues one e-mail; `false` if its recipient has reached the limit. That costs as much, see [`insert_decoy`].
pub fn insert(tx: &mut Tx<'_>, sender: Sender, mail: &OutgoingEmail, now: Instant) -> QueryResult<bool> {
    // Concurrent transactions count the e-mails of a recipient one after another.
    lock_name(tx, &recipient_digest(&mail.to))?;
    let is_queued = insert_all(tx, sender, std::slice::from_ref(mail), now)? == 1;
    if !is_queued {
        insert_decoy(tx, now)?;
    }
    Ok(is_queued)
}

/// Inserts a row that is already done. It costs as much as a real e-mail, so the response time does not reveal whether an
/// account exists (timing side channel).
pub fn insert_decoy(tx: &mut Tx<'_>, now: Instant) -> QueryResult<()> {
    diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(OutboxId::make()),
            outbox::kind.eq(EmailTopic::Decoy),
            outbox::sender.eq(Sender::Account.to_string()),
            outbox::recipient.eq(""),
            outbox::payload.eq(""),
            outbox::attempts.eq(0),
            outbox::done_at.eq(now),
            outbox::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// An e-mail leased to this sender.
#[derive(Debug, Clone)]
pub struct ClaimedEmail {
    /// Identifier; constant across attempts.
    pub id: OutboxId,
    /// Number of attempts, including this one.
    pub attempts: i32,
    /// The e-mail; `None` if the stored payload cannot be parsed.
    pub email: Option<OutgoingEmail>,
}

/// Senders with e-mails that are due.
pub fn list_waiting_senders(tx: &mut Tx<'_>, now: Instant) -> QueryResult<Vec<String>> {
    outbox::table.filter(outbox::due_at.le(now)).select(outbox::sender).distinct().load(tx.conn())
}

/// Leases up to `limit` e-mails of a sender that are due, the oldest first.
pub fn claim(tx: &mut Tx<'_>, sender: &str, now: Instant, limit: i64) -> QueryResult<Vec<ClaimedEmail>> {
    let due: Vec<OutboxId> = outbox::table
        .filter(outbox::sender.eq(sender))
        .filter(outbox::due_at.le(now))
        .order((outbox::due_at, outbox::id))
        .limit(limit)
        .select(outbox::id)
        .load(tx.conn())?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // The due time is checked again because another node may have leased some rows between the two statements.
    let claimed: Vec<(OutboxId, i32, String)> =
        diesel::update(outbox::table.filter(outbox::id.eq_any(due)).filter(outbox::due_at.le(now)))
            .set((outbox::attempts.eq(outbox::attempts + 1), outbox::due_at.eq(now + Duration::minutes(LEASE_MIN))))
            .returning((outbox::id, outbox::attempts, outbox::payload))
            .get_results(tx.conn())?;
    let parse = |(id, attempts, payload): (OutboxId, i32, String)| ClaimedEmail {
        id,
        attempts,
        email: serde_json::from_str(&payload).ok(),
    };
    Ok(claimed.into_iter().map(parse).collect())
}

/// Marks an e-mail as sent and erases its payload.
pub fn mark_sent(tx: &mut Tx<'_>, id: OutboxId, now: Instant) -> QueryResult<usize> {
    diesel::update(outbox::table.find(id))
        .set((
            outbox::payload.eq(""),
            outbox::due_at.eq(None::<Instant>),
            outbox::done_at.eq(now),
            outbox::last_error.eq(None::<String>),
        ))
        .execute(tx.conn())
}

/// Records a failed attempt: schedules a retry, or abandons the e-mail after the last attempt.
pub fn mark_failed(tx: &mut Tx<'_>, claimed: &ClaimedEmail, error: &str, now: Instant) -> QueryResult<usize> {
    let due_at = retry_delay(claimed.attempts).filter(|_| claimed.email.is_some()).map(|delay| now + delay);
    let error: String = error.chars().take(1_000).collect();
    let row = outbox::table.find(claimed.id);
    match due_at {
        Some(due_at) => {
            diesel::update(row).set((outbox::due_at.eq(due_at), outbox::last_error.eq(error))).execute(tx.conn())
        }
        None => diesel::update(row)
            .set((outbox::payload.eq(""), outbox::due_at.eq(None::<Instant>), outbox::last_error.eq(error)))
            .execute(tx.conn()),
    }
}

/// Deletes a batch of sent and abandoned entries past the retention period; returns the number of deleted rows.
pub fn delete_expired(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    let expired: Vec<OutboxId> = outbox::table
        .filter(outbox::created_at.le(now - Duration::days(RETENTION_DAYS)))
        .filter(outbox::due_at.is_null())
        .order(outbox::created_at)
        .limit(BATCH_SIZE)
        .select(outbox::id)
        .load(tx.conn())?;
    diesel::delete(outbox::table.filter(outbox::id.eq_any(expired))).execute(tx.conn())
}

/// Number of pending entries.
pub fn count_pending(tx: &mut Tx<'_>) -> QueryResult<i64> {
    outbox::table.filter(outbox::due_at.is_not_null()).count().get_result(tx.conn())
}

/// Pending e-mails to an address.
pub fn find_pending_for(tx: &mut Tx<'_>, address: &str) -> QueryResult<Vec<OutboxId>> {
    outbox::table
        .filter(outbox::recipient.eq(recipient_digest(address)))
        .filter(outbox::due_at.is_not_null())
        .order(outbox::id)
        .select(outbox::id)
        .load(tx.conn())
}

/// Removes what stands for an address from the entries that are done.
pub fn forget_recipient(tx: &mut Tx<'_>, address: &str) -> QueryResult<usize> {
    diesel::update(outbox::table.filter(outbox::recipient.eq(recipient_digest(address))))
        .set(outbox::recipient.eq(""))
        .execute(tx.conn())
}

/// Deletes pending e-mails.
pub fn delete_pending(tx: &mut Tx<'_>, ids: &[OutboxId]) -> QueryResult<()> {
    for batch in ids.chunks(MAX_IDS_PER_STATEMENT) {
        diesel::delete(outbox::table.filter(outbox::id.eq_any(batch))).execute(tx.conn())?;
    }
    Ok(())
}
