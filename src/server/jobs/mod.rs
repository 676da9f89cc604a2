//! Background jobs. Every node runs all of them; they are safe to run concurrently. Each has a loop of its own, so that none
//! delays another: a job that fails, or hangs, leaves the others alone.
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use actix_web::{rt, web};
use futures_util::FutureExt;
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use crate::app::Services;
use hoicho_core::{config::Retention, db::Database, values::clock::Instant};
use hoicho_fair::{
    allocation, editions, imports,
    mail::{Emails, Mailer},
    personal_data,
    webhooks::{self, Deliveries},
};
use hoicho_web::{
    http::{Problem, idempotency},
    identity::{RequestContext, email_tokens, lockout, session_store},
    outbox::{self, Dispatcher},
};

/// Time between two runs of a job.
const JOB_INTERVAL: Duration = Duration::from_secs(5);
/// Time between two runs of the jobs that delete what has expired.
const CLEANUP_INTERVAL: Duration = Duration::from_secs(600);
/// Time between two looks for events, due webhooks and due e-mails.
const DELIVERY_INTERVAL: Duration = Duration::from_millis(500);

/// Expires holds and offers; returns their number.
pub async fn expire_allocations(db: &Database, now: Instant) -> Result<usize, Problem> {
    db.write(move |tx| allocation::expire_due(tx, now)).await
}

/// Announces the phases that editions have entered by their dates; returns their number.
pub async fn record_phases(db: &Database, now: Instant) -> Result<usize, Problem> {
    db.write(move |tx| editions::record_due(tx, now)).await
}

/// Deletes expired idempotency keys, tokens, counters, messages and personal data; returns the number of rows.
pub async fn delete_expired(db: &Database, retention: Retention, now: Instant) -> Result<usize, Problem> {
    db.write(move |tx| {
        Ok(idempotency::delete_expired(tx, now)?
            + email_tokens::delete_expired(tx, now)?
            + lockout::delete_expired(tx, now)?
            + session_store::delete_expired(tx, now)?
            + outbox::delete_expired(tx, now)?
            + webhooks::delete_expired(tx, now)?
            + imports::delete_expired(tx, now)?
            + personal_data::retention::delete_expired(tx, retention, now)?)
    })
    .await
}

/// Creates webhook messages from new events; returns the number of events.
pub async fn fan_out_events(db: &Database, now: Instant) -> Result<usize, Problem> {
    let mut events = 0;
    while db.read(|tx| webhooks::has_new_events(tx).map_err(Problem::from)).await? {
        events += db.write(move |tx| webhooks::fan_out(tx, now)).await?;
    }
    Ok(events)
}

/// Creates webhook messages from new events and delivers what is due, with retries that are due meanwhile; returns the number
/// delivered.
pub async fn deliver_webhooks(services: &Services) -> Result<usize, Problem> {
    fan_out_events(&services.context.db, services.context.clock.now()).await?;
    Dispatcher::new(deliveries(services)).run_until_idle().await
}

/// Sends the e-mails that are due; returns the number sent.
pub async fn send_emails(services: &Services, mailer: Arc<Mailer>) -> Result<usize, Problem> {
    Dispatcher::new(emails(services, mailer)).run_until_idle().await
}

fn deliveries(services: &Services) -> Deliveries {
    let context = &services.context;
    Deliveries { db: context.db.clone(), client: services.webhooks.get_ref().clone(), clock: context.clock }
}

fn emails(services: &Services, mailer: Arc<Mailer>) -> Emails {
    Emails { db: services.context.db.clone(), mailer, clock: services.context.clock }
}

/// Seconds without a progress report after which the node of an allocation run is considered lost.
const STALE_RUN_TIMEOUT_S: i64 = 60;

/// Fails allocation runs whose node stopped reporting progress; returns their number.
pub async fn fail_stale_runs(db: &Database, now: Instant) -> Result<usize, Problem> {
    let before = now - chrono::Duration::seconds(STALE_RUN_TIMEOUT_S);
    db.write(move |tx| Ok(allocation::runs::store::fail_stale(tx, before, now)?)).await
}

/// Measures the outbox.
async fn count_outbox(services: &Services) -> Result<usize, Problem> {
    let waiting = services.context.db.read(|tx| outbox::count_pending(tx).map_err(Problem::from)).await?;
    services.metrics.outbox_pending.set(waiting);
    Ok(0)
}

fn log_outcome(job: &str, outcome: Result<usize, Problem>) {
    match outcome {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "{job}"),
        Err(error) => tracing::warn!(%error, job, "background job failed, retrying"),
    }
}

/// Runs a job in an interval until it is dropped. A failure is logged and retried in the next run, also a panic.
async fn repeat(name: &'static str, pause: Duration, job: impl AsyncFn() -> Result<usize, Problem>) {
    let mut ticks = interval(pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match AssertUnwindSafe(job()).catch_unwind().await {
            Ok(outcome) => log_outcome(name, outcome),
            Err(_) => tracing::error!(job = name, "background job panicked, retrying"),
        }
    }
}

/// The background jobs of one node.
pub struct BackgroundJobs(Vec<JoinHandle<()>>);

impl BackgroundJobs {
    /// Starts all jobs.
    pub fn start(services: &Services, mailer: Mailer) -> Self {
        let mut jobs = Self(Vec::new());
        let context = || services.context.clone();
        jobs.add("expired holds and offers", JOB_INTERVAL, context(), async |context| {
            expire_allocations(&context.db, context.clock.now()).await
        });
        jobs.add("recorded phases of editions", JOB_INTERVAL, context(), async |context| {
            record_phases(&context.db, context.clock.now()).await
        });
        jobs.add("failed stale allocation runs", JOB_INTERVAL, context(), async |context| {
            fail_stale_runs(&context.db, context.clock.now()).await
        });
        jobs.add("flushed API key usage counts", JOB_INTERVAL, context(), async |context| {
            context.api_key_uses.flush(&context.db).await
        });
        jobs.add("created webhook messages", DELIVERY_INTERVAL, context(), async |context| {
            fan_out_events(&context.db, context.clock.now()).await
        });
        jobs.add("removed idle rate limits", CLEANUP_INTERVAL, context(), async |context| {
            context.rate_limiter.remove_idle();
            Ok(0)
        });
        jobs.add("deleted expired data", CLEANUP_INTERVAL, context(), async |context| {
            delete_expired(&context.db, context.retention, context.clock.now()).await
        });
        let measured = services.clone();
        jobs.0
            .push(rt::spawn(repeat("measured the outbox", JOB_INTERVAL, async move || count_outbox(&measured).await)));
        jobs.0.push(rt::spawn(Dispatcher::new(deliveries(services)).run("webhooks", DELIVERY_INTERVAL)));
        let emails = Dispatcher::new(emails(services, Arc::new(mailer)));
        jobs.0.push(rt::spawn(emails.run("emails", DELIVERY_INTERVAL)));
        jobs
    }

    fn add(
        &mut self,
        name: &'static str,
        pause: Duration,
        context: web::Data<RequestContext>,
        job: impl AsyncFn(&RequestContext) -> Result<usize, Problem> + 'static,
    ) {
        self.0.push(rt::spawn(repeat(name, pause, async move || job(context.get_ref()).await)));
    }

    /// Stops them. What they have begun is continued by the next start.
    pub fn stop(self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}
