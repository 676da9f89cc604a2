//! Every query on the outbox.
use chrono::Duration;
use diesel::prelude::*;

use super::letter::Mail;
use crate::{
    db::{Tx, schema::outbox},
    on_either,
    values::{clock::Instant, ids::OutboxId},
};

crate::text_enum! {
    /// What kind of work.
    Topic {
        /// A letter to a person.
        Mail,
    }
}

/// Minutes a sender has before another may try.
const LEASE_MIN: i64 = 5;
/// Times a letter is tried: the last about 17 hours after the first.
const MOST_ATTEMPTS: i32 = 10;

#[derive(Insertable)]
#[diesel(table_name = outbox)]
struct LetterRow {
    id: OutboxId,
    topic: Topic,
    payload: String,
    attempts: i32,
    due_at: Instant,
    created_at: Instant,
}

/// Puts letters in.
pub fn put_all(tx: &mut Tx<'_>, mails: &[Mail], now: Instant) -> QueryResult<()> {
    let row = |mail: &Mail| {
        let payload = serde_json::to_string(mail).map_err(|e| diesel::result::Error::SerializationError(e.into()))?;
        let topic = Topic::Mail;
        Ok(LetterRow { id: OutboxId::make(), topic, payload, attempts: 0, due_at: now, created_at: now })
    };
    let rows = mails.iter().map(row).collect::<QueryResult<Vec<_>>>()?;
    for part in rows.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(outbox::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Puts a letter in.
pub fn put(tx: &mut Tx<'_>, mail: &Mail, now: Instant) -> QueryResult<()> {
    put_all(tx, std::slice::from_ref(mail), now)
}

/// A letter that is ours to send for a while.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Identifier; the same at every attempt.
    pub id: OutboxId,
    /// This one counted.
    pub attempts: i32,
    /// What and to whom; `None` for what an older program wrote and nobody can read any more.
    pub mail: Option<Mail>,
}

/// Takes up to `most` letters that are due.
pub fn claim(tx: &mut Tx<'_>, now: Instant, most: i64) -> QueryResult<Vec<Claimed>> {
    let due: Vec<OutboxId> = outbox::table
        .filter(outbox::due_at.le(now))
        .order((outbox::due_at, outbox::id))
        .limit(most)
        .select(outbox::id)
        .load(tx.conn())?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // The condition again: another node may have taken some between the two statements.
    let taken: Vec<(OutboxId, i32, String)> =
        diesel::update(outbox::table.filter(outbox::id.eq_any(due)).filter(outbox::due_at.le(now)))
            .set((outbox::attempts.eq(outbox::attempts + 1), outbox::due_at.eq(now + Duration::minutes(LEASE_MIN))))
            .returning((outbox::id, outbox::attempts, outbox::payload))
            .get_results(tx.conn())?;
    let read = |(id, attempts, payload): (OutboxId, i32, String)| Claimed {
        id,
        attempts,
        mail: serde_json::from_str(&payload).ok(),
    };
    Ok(taken.into_iter().map(read).collect())
}

/// It has been sent: what it held is wiped.
pub fn done(tx: &mut Tx<'_>, id: OutboxId, now: Instant) -> QueryResult<usize> {
    diesel::update(outbox::table.find(id))
        .set((
            outbox::payload.eq(""),
            outbox::due_at.eq(None::<Instant>),
            outbox::done_at.eq(now),
            outbox::last_error.eq(None::<String>),
        ))
        .execute(tx.conn())
}

/// It could not be sent: tried again later, twice as long each time, and given up in the end.
pub fn failed(tx: &mut Tx<'_>, claimed: &Claimed, error: &str, now: Instant) -> QueryResult<usize> {
    let gives_up = claimed.attempts >= MOST_ATTEMPTS || claimed.mail.is_none();
    let due_at = (!gives_up).then(|| now + Duration::minutes(1 << claimed.attempts.clamp(0, MOST_ATTEMPTS)));
    let error: String = error.chars().take(1_000).collect();
    let row = outbox::table.find(claimed.id);
    if gives_up {
        diesel::update(row)
            .set((outbox::payload.eq(""), outbox::due_at.eq(due_at), outbox::last_error.eq(error)))
            .execute(tx.conn())
    } else {
        diesel::update(row).set((outbox::due_at.eq(due_at), outbox::last_error.eq(error))).execute(tx.conn())
    }
}

/// How many wait.
pub fn waiting(tx: &mut Tx<'_>) -> QueryResult<i64> {
    outbox::table.filter(outbox::due_at.is_not_null()).count().get_result(tx.conn())
}
