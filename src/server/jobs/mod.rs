//! Background jobs. Every node runs all of them; they are safe to run concurrently.
use std::time::Duration;

use crate::app::Services;
use hoicho_core::{
    config::Retention,
    db::{Database, Tx},
    values::clock::Instant,
};
use hoicho_fair::{
    allocation, editions, imports,
    mail::{Mailer, send_due},
    personal_data, webhooks,
};
use hoicho_web::{
    http::{Problem, idempotency},
    identity::{email_tokens, lockout, store::delete_expired_refresh_tokens},
    outbox,
};

/// Time between two runs of the jobs.
const JOB_INTERVAL: Duration = Duration::from_secs(5);
/// Expired data is deleted in one of this many runs: every 10 minutes.
const RUNS_PER_CLEANUP: u32 = 120;

/// Time between two runs of webhook delivery.
const WEBHOOK_INTERVAL: Duration = Duration::from_millis(500);

/// Background jobs of one node.
pub struct BackgroundJobs {
    /// What the handlers share.
    pub services: Services,
    /// Sends e-mails from the outbox.
    pub mailer: Mailer,
}

/// Runs `work` for each tenant's part and adds up. A part that fails is logged and tried again in the next run; the others are done.
async fn for_each<T: Copy + std::fmt::Display, F: Future<Output = Result<usize, Problem>>>(
    parts: Vec<T>,
    work: impl Fn(T) -> F,
) -> usize {
    let mut done = 0;
    for part in parts {
        match work(part).await {
            Ok(count) => done += count,
            Err(error) => tracing::warn!(%error, %part, "a part of a background job failed, retrying"),
        }
    }
    done
}

/// Expires holds and offers; returns their number.
pub async fn expire_allocations(db: &Database, now: Instant) -> Result<usize, Problem> {
    let editions = db.read(move |tx| allocation::find_due(tx, now)).await?;
    let expire = async |edition| db.write(move |tx| allocation::expire_due(tx, edition, now)).await;
    Ok(for_each(editions, expire).await)
}

/// Offers booths that became free to the waiting lists of their editions; returns the number of offers.
pub async fn refill_from_waiting_lists(db: &Database, now: Instant) -> Result<usize, Problem> {
    let editions = db.read(allocation::find_refills).await?;
    let refill = async |edition| {
        let planned = db.read_long(move |tx| allocation::plan_offers(tx, edition, now)).await?;
        db.write(move |tx| allocation::write_offers(tx, planned, now)).await
    };
    Ok(for_each(editions, refill).await)
}

/// Announces the phases that editions have entered by their dates; returns their number.
pub async fn record_phases(db: &Database, now: Instant) -> Result<usize, Problem> {
    let due = db.read(move |tx| editions::find_due(tx, now)).await?;
    Ok(for_each(due, async |edition| db.write(move |tx| editions::record_due(tx, edition, now)).await).await)
}

/// A part of [`delete_expired`].
type Delete = fn(&mut Tx<'_>, Retention, Instant) -> Result<usize, Problem>;

/// Kinds of expired data. Each is deleted in a transaction of its own.
const EXPIRED: [(&str, Delete); 9] = [
    ("idempotency keys", |tx, _, now| Ok(idempotency::delete_expired(tx, now)?)),
    ("e-mail tokens", |tx, _, now| Ok(email_tokens::delete_expired(tx, now)?)),
    ("login failures", |tx, _, now| Ok(lockout::delete_expired(tx, now)?)),
    ("refresh tokens", |tx, _, now| Ok(delete_expired_refresh_tokens(tx, now)?)),
    ("e-mails", |tx, _, now| Ok(outbox::delete_expired(tx, now)?)),
    ("webhook messages", |tx, _, now| Ok(webhooks::delete_expired(tx, now)?)),
    ("imports", |tx, _, now| Ok(imports::delete_expired(tx, now)?)),
    ("audit log", |tx, keep, now| Ok(personal_data::retention::delete_audit_log(tx, keep, now)?)),
    ("contacts", |tx, keep, now| Ok(personal_data::retention::delete_contacts(tx, keep, now)?)),
];

/// Deletes expired idempotency keys, tokens, counters, messages and personal data; returns the number of rows.
pub async fn delete_expired(db: &Database, retention: Retention, now: Instant) -> Result<usize, Problem> {
    let mut deleted = 0;
    for (kind, delete) in EXPIRED {
        match db.write(move |tx| delete(tx, retention, now)).await {
            Ok(count) => deleted += count,
            Err(error) => tracing::warn!(%error, kind, "failed to delete expired data, retrying"),
        }
    }
    let unverified =
        db.read(move |tx| Ok::<_, Problem>(personal_data::retention::find_unverified(tx, retention, now)?));
    let erase = async |user| {
        db.write(move |tx| Ok::<_, Problem>(personal_data::retention::erase_unverified(tx, user, now)?)).await
    };
    Ok(deleted + for_each(unverified.await?, erase).await)
}

/// Creates webhook messages from new events and delivers those that are due; returns the number delivered.
pub async fn deliver_webhooks(db: &Database, client: &webhooks::WebhookClient, now: Instant) -> Result<usize, Problem> {
    while db.read(|tx| webhooks::has_new_events(tx).map_err(Problem::from)).await? {
        db.write(move |tx| webhooks::fan_out(tx, now)).await?;
    }
    webhooks::deliver_due(db, client, now).await
}

/// Seconds without a progress report after which the node of an allocation run is considered lost.
const STALE_RUN_TIMEOUT_S: i64 = 60;

/// Fails allocation runs whose node stopped reporting progress; returns their number.
pub async fn fail_stale_runs(db: &Database, now: Instant) -> Result<usize, Problem> {
    let before = now - chrono::Duration::seconds(STALE_RUN_TIMEOUT_S);
    db.write(move |tx| Ok(allocation::runs::store::fail_stale(tx, before, now)?)).await
}

fn log_outcome(job: &str, outcome: Result<usize, Problem>) {
    match outcome {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "{job}"),
        Err(error) => tracing::warn!(%error, job, "background job failed, retrying"),
    }
}

/// Delivers webhooks until it is dropped; a task of its own, so that a slow receiver does not delay other jobs.
pub async fn run_webhook_delivery(services: Services) {
    let context = services.context;
    let mut interval = tokio::time::interval(WEBHOOK_INTERVAL);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        log_outcome(
            "delivered webhook messages",
            deliver_webhooks(&context.db, &services.webhooks, context.clock.now()).await,
        );
    }
}

impl BackgroundJobs {
    /// Runs the jobs until it is dropped. A failure is logged and retried in the next run.
    pub async fn run(self) {
        let context = &self.services.context;
        let db = &context.db;
        let mut interval = tokio::time::interval(JOB_INTERVAL);
        for run in (0..RUNS_PER_CLEANUP).cycle() {
            interval.tick().await;
            let now = context.clock.now();
            log_outcome("expired holds and offers", expire_allocations(db, now).await);
            log_outcome("offered booths to waiting lists", refill_from_waiting_lists(db, now).await);
            log_outcome("recorded phases of editions", record_phases(db, now).await);
            log_outcome("failed stale allocation runs", fail_stale_runs(db, now).await);
            log_outcome("flushed API key usage counts", context.api_key_uses.flush(db).await);
            log_outcome("sent mails", send_due(db, &self.mailer, now).await);
            match db.read(|tx| outbox::count_pending(tx).map_err(Problem::from)).await {
                Ok(waiting) => self.services.metrics.outbox_pending.set(waiting),
                Err(error) => tracing::warn!(%error, "failed to count the outbox"),
            }
            if run == 0 {
                context.rate_limiter.remove_idle();
                log_outcome("deleted expired data", delete_expired(db, context.retention, now).await);
            }
        }
    }
}
