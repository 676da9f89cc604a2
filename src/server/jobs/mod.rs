//! Background work: done by every node, harmless when two do it at once.
use std::time::Duration;

use crate::app::Services;
use hoicho_core::{config::Retention, db::Db, values::clock::Instant};
use hoicho_fair::{
    allocation, imports,
    mail::{Mailer, send_due},
    personal_data, webhooks,
};
use hoicho_web::{
    http::{Problem, idempotency},
    identity::{lockout, one_time, store::forget_refresh_tokens},
    outbox,
};

/// How often mails are sent and holds expire.
const EVERY: Duration = Duration::from_secs(5);
/// How often what nobody needs any more is forgotten.
const FORGET_EVERY: u32 = 120;

/// How often partners are told of what happened.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// What the jobs work with.
pub struct Jobs {
    /// What the handlers share.
    pub services: Services,
    /// Sends letters.
    pub mailer: Mailer,
}

/// Ends holds and offers whose time has run out; returns how many.
pub async fn expire_allocations(db: &Db, now: Instant) -> Result<usize, Problem> {
    db.write(move |tx| allocation::expire_due(tx, now)).await
}

/// Forgets keys, tokens, counts and personal data whose time is over; returns how many.
pub async fn forget(db: &Db, retention: Retention, now: Instant) -> Result<usize, Problem> {
    db.write(move |tx| {
        Ok(idempotency::forget(tx, now)?
            + one_time::forget(tx, now)?
            + lockout::forget(tx, now)?
            + forget_refresh_tokens(tx, now)?
            + outbox::forget(tx, now)?
            + webhooks::forget(tx, now)?
            + imports::forget(tx, now)?
            + personal_data::retention::forget(tx, retention, now)?)
    })
    .await
}

/// Tells partners what happened since: makes messages of it, and sends what is due. Returns how many were taken.
pub async fn tell_partners(db: &Db, client: &webhooks::Client, now: Instant) -> Result<usize, Problem> {
    while db.read(|tx| webhooks::is_anything_new(tx).map_err(Problem::from)).await? {
        db.write(move |tx| webhooks::fan_out(tx, now)).await?;
    }
    webhooks::deliver_due(db, client, now).await
}

/// Seconds after which a run that says nothing has lost its node.
const SILENT_S: i64 = 60;

/// Ends runs whose node is no more; returns how many.
pub async fn fail_silent_runs(db: &Db, now: Instant) -> Result<usize, Problem> {
    let before = now - chrono::Duration::seconds(SILENT_S);
    db.write(move |tx| Ok(allocation::rounds::store::fail_silent(tx, before, now)?)).await
}

fn told(what: &str, outcome: Result<usize, Problem>) {
    match outcome {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "{what}"),
        Err(error) => tracing::warn!(%error, "{what}: failed; trying again"),
    }
}

/// Tells partners until it is dropped: apart from other work, so that a slow receiver holds up nothing else.
pub async fn tell(services: Services) {
    let context = services.context;
    let mut turns = tokio::time::interval(TELL_EVERY);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        told(
            "messages to partners delivered",
            tell_partners(&context.db, &services.webhooks, context.clock.now()).await,
        );
    }
}

impl Jobs {
    /// Works until it is dropped. A failure is logged and tried again at the next turn.
    pub async fn run(self) {
        let context = &self.services.context;
        let db = &context.db;
        let mut turns = tokio::time::interval(EVERY);
        for turn in (0..FORGET_EVERY).cycle() {
            turns.tick().await;
            let now = context.clock.now();
            told("holds and offers ran out", expire_allocations(db, now).await);
            told("allocation runs lost their node", fail_silent_runs(db, now).await);
            told("uses of keys written down", context.key_uses.write(db).await);
            told("mails sent", send_due(db, &self.mailer, now).await);
            match db.read(|tx| outbox::waiting(tx).map_err(Problem::from)).await {
                Ok(waiting) => self.services.metrics.outbox_waiting.set(waiting),
                Err(error) => tracing::warn!(%error, "the outbox could not be counted"),
            }
            if turn == 0 {
                context.limits.forget_quiet();
                told("old keys, tokens and counts forgotten", forget(db, context.retention, now).await);
            }
        }
    }
}
