//! Database queries of the outbox.
use chrono::Duration;
use diesel::prelude::*;

use super::{email::OutgoingEmail, retry_policy::retry_delay};
use hoicho_core::{
    db::{MAX_IDS_PER_STATEMENT, MAX_ROWS_PER_INSERT, Tx, schema::outbox},
    on_either,
    values::{clock::Instant, ids::OutboxId},
};

hoicho_core::text_enum! {
    /// The kind of entry.
    Topic {
        /// An e-mail.
        Mail,
    }
}

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
    topic: Topic,
    payload: String,
    attempts: i32,
    due_at: Instant,
    created_at: Instant,
}

/// Enqueues e-mails.
pub fn insert_all(tx: &mut Tx<'_>, mails: &[OutgoingEmail], now: Instant) -> QueryResult<()> {
    let row = |mail: &OutgoingEmail| {
        let payload = serde_json::to_string(mail).map_err(|e| diesel::result::Error::SerializationError(e.into()))?;
        let topic = Topic::Mail;
        Ok(OutboxRow { id: OutboxId::make(), topic, payload, attempts: 0, due_at: now, created_at: now })
    };
    let rows = mails.iter().map(row).collect::<QueryResult<Vec<_>>>()?;
    for batch in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(outbox::table).values(batch).execute(c))?;
    }
    Ok(())
}

/// Enqueues one e-mail.
pub fn insert(tx: &mut Tx<'_>, mail: &OutgoingEmail, now: Instant) -> QueryResult<()> {
    insert_all(tx, std::slice::from_ref(mail), now)
}

/// Inserts a row that is already done. It costs as much as a real e-mail, so the response time does not reveal whether an
/// account exists (timing side channel).
pub fn insert_decoy(tx: &mut Tx<'_>, now: Instant) -> QueryResult<()> {
    diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(OutboxId::make()),
            outbox::topic.eq(Topic::Mail),
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

/// Leases up to `limit` e-mails that are due.
pub fn claim(tx: &mut Tx<'_>, now: Instant, limit: i64) -> QueryResult<Vec<ClaimedEmail>> {
    let due: Vec<OutboxId> = outbox::table
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

/// Pending e-mails to a lower-case address.
pub fn find_pending_for(tx: &mut Tx<'_>, email_key: &str) -> QueryResult<Vec<OutboxId>> {
    let mut ids = Vec::new();
    let mut last: Option<OutboxId> = None;
    loop {
        let mut pending = outbox::table.filter(outbox::due_at.is_not_null()).into_boxed();
        if let Some(last) = last {
            pending = pending.filter(outbox::id.gt(last));
        }
        let batch: Vec<(OutboxId, String)> =
            pending.order(outbox::id).limit(BATCH_SIZE).select((outbox::id, outbox::payload)).load(tx.conn())?;
        let Some((batch_end, _)) = batch.last() else { return Ok(ids) };
        last = Some(*batch_end);
        let is_recipient = |payload: &str| {
            serde_json::from_str::<OutgoingEmail>(payload).is_ok_and(|mail| mail.to.to_lowercase() == email_key)
        };
        ids.extend(batch.iter().filter(|(_, payload)| is_recipient(payload)).map(|(id, _)| *id));
    }
}

/// Deletes pending e-mails.
pub fn delete_pending(tx: &mut Tx<'_>, ids: &[OutboxId]) -> QueryResult<()> {
    for batch in ids.chunks(MAX_IDS_PER_STATEMENT) {
        diesel::delete(outbox::table.filter(outbox::id.eq_any(batch))).execute(tx.conn())?;
    }
    Ok(())
}
