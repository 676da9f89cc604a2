//! Every query on the outbox.
use chrono::Duration;
use diesel::prelude::*;

use super::letter::Mail;
use hoicho_core::{
    db::{Tx, schema::outbox},
    on_either,
    values::{clock::Instant, ids::OutboxId},
};

hoicho_core::text_enum! {
    /// What kind of work.
    Topic {
        /// A letter to a person.
        Mail,
    }
}

/// Minutes a sender has before another may try.
const LEASE_MIN: i64 = 5;
/// Days it is remembered that a letter was sent.
const REMEMBERED_D: i64 = 30;
/// Letters that are looked through at once.
const AT_ONCE: i64 = 500;
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

/// Writes as much as a letter would, and sends nothing: a stranger who asks for one cannot tell by the time it takes
/// whether there was anybody to write to.
pub fn put_nothing(tx: &mut Tx<'_>, now: Instant) -> QueryResult<()> {
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

/// Forgets that letters were sent or given up long ago; returns how many.
pub fn forget(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    let old: Vec<OutboxId> = outbox::table
        .filter(outbox::created_at.le(now - Duration::days(REMEMBERED_D)))
        .filter(outbox::due_at.is_null())
        .order(outbox::created_at)
        .limit(AT_ONCE)
        .select(outbox::id)
        .load(tx.conn())?;
    diesel::delete(outbox::table.filter(outbox::id.eq_any(old))).execute(tx.conn())
}

/// How many wait.
pub fn waiting(tx: &mut Tx<'_>) -> QueryResult<i64> {
    outbox::table.filter(outbox::due_at.is_not_null()).count().get_result(tx.conn())
}

/// Letters that wait to go to an address, in lower case.
pub fn waiting_for(tx: &mut Tx<'_>, email_key: &str) -> QueryResult<Vec<OutboxId>> {
    let mut found = Vec::new();
    let mut last: Option<OutboxId> = None;
    loop {
        let mut waiting = outbox::table.filter(outbox::due_at.is_not_null()).into_boxed();
        if let Some(last) = last {
            waiting = waiting.filter(outbox::id.gt(last));
        }
        let part: Vec<(OutboxId, String)> =
            waiting.order(outbox::id).limit(AT_ONCE).select((outbox::id, outbox::payload)).load(tx.conn())?;
        let Some((end, _)) = part.last() else { return Ok(found) };
        last = Some(*end);
        let is_theirs =
            |payload: &str| serde_json::from_str::<Mail>(payload).is_ok_and(|mail| mail.to.to_lowercase() == email_key);
        found.extend(part.iter().filter(|(_, payload)| is_theirs(payload)).map(|(id, _)| *id));
    }
}

/// Takes letters back that are not sent yet.
pub fn take_back(tx: &mut Tx<'_>, ids: &[OutboxId]) -> QueryResult<()> {
    for part in ids.chunks(500) {
        diesel::delete(outbox::table.filter(outbox::id.eq_any(part))).execute(tx.conn())?;
    }
    Ok(())
}
