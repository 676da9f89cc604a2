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
use hoicho_core::{
    config::Retention,
    db::{Database, Tx},
    values::clock::Instant,
};
use hoicho_fair::{
    allocation, editions, imports,
    mail::{Emails, Mailer},
    personal_data,
    webhooks::{self, Deliveries},
};
use hoicho_web::{
    http::{Problem, idempotency},
    identity::{RequestContext, email_tokens, lockout, passkeys, second_factor, session_store, sso},
    outbox::{self, Dispatcher},
};

/// Time between two runs of a job.
const JOB_INTERVAL: Duration = Duration::from_secs(5);
/// Time between two runs of the jobs that delete what has expired.
const CLEANUP_INTERVAL: Duration = Duration::from_secs(600);
/// Time between two looks for events, due webhooks and due e-mails.
const DELIVERY_INTERVAL: Duration = Duration::from_millis(500);

/// Finds the parts of a job, a page at a time, each after the last of the page before; runs `work` for each tenant's part and adds up.
/// A part that fails is logged and tried again in the next run; the others are done, however many fail.
async fn for_each<T: Copy + std::fmt::Display>(
    find: impl AsyncFn(Option<T>) -> Result<Vec<T>, Problem>,
    work: impl AsyncFn(T) -> Result<usize, Problem>,
) -> Result<usize, Problem> {
    let (mut done, mut after) = (0, None);
    loop {
        let page = find(after).await?;
        let Some(last) = page.last().copied() else { return Ok(done) };
        after = Some(last);
        for part in page {
            match work(part).await {
                Ok(count) => done += count,
                Err(error) => tracing::warn!(%error, %part, "a part of a background job failed, retrying"),
            }
        }
    }
}

/// Expires holds and offers; returns their number.
pub async fn expire_allocations(db: &Database, now: Instant) -> Result<usize, Problem> {
    let find = async |after| db.read(move |tx| allocation::find_due(tx, now, after)).await;
    for_each(find, async |edition| db.write(move |tx| allocation::expire_due(tx, edition, now)).await).await
}

/// Offers booths that became free to the waiting lists of their editions; returns the number of offers.
pub async fn refill_from_waiting_lists(db: &Database, now: Instant) -> Result<usize, Problem> {
    let find = async |after| db.read(move |tx| Ok::<_, Problem>(allocation::find_refills(tx, after)?)).await;
    let refill = async |edition| {
        let planned = db.read_long(move |tx| allocation::plan_offers(tx, edition, now)).await?;
        db.write(move |tx| allocation::write_offers(tx, planned, now)).await
    };
    for_each(find, refill).await
}

/// Announces the phases that editions have entered by their dates; returns their number.
pub async fn record_phases(db: &Database, now: Instant) -> Result<usize, Problem> {
    let find = async |after| db.read(move |tx| editions::find_due(tx, now, after)).await;
    for_each(find, async |edition| db.write(move |tx| editions::record_due(tx, edition, now)).await).await
}

/// A part of [`delete_expired`].
type Delete = fn(&mut Tx<'_>, Retention, Instant) -> Result<usize, Problem>;

/// Kinds of expired data. Each is deleted in a transaction of its own.
const EXPIRED: [(&str, Delete); 13] = [
    ("idempotency keys", |tx, _, now| Ok(idempotency::delete_expired(tx, now)?)),
    ("e-mail tokens", |tx, _, now| Ok(email_tokens::delete_expired(tx, now)?)),
    ("login failures", |tx, _, now| Ok(lockout::delete_expired(tx, now)?)),
    ("second factors", |tx, _, now| Ok(second_factor::delete_expired(tx, now)?)),
    ("logins through a provider", |tx, _, now| Ok(sso::delete_expired(tx, now)?)),
    ("ceremonies of passkeys", |tx, _, now| Ok(passkeys::delete_expired(tx, now)?)),
    ("sessions", |tx, _, now| Ok(session_store::delete_expired(tx, now)?)),
    ("e-mails", |tx, _, now| Ok(outbox::delete_expired(tx, now)?)),
    ("webhook messages", |tx, _, now| Ok(webhooks::delete_expired(tx, now)?)),
    ("events of deleted organisers", |tx, _, _| Ok(webhooks::forget_deleted(tx)?)),
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
    let find = async |after| {
        db.read(move |tx| Ok::<_, Problem>(personal_data::retention::find_unverified(tx, retention, now, after)?)).await
    };
    let erase = async |user| {
        db.write(move |tx| Ok::<_, Problem>(personal_data::retention::erase_unverified(tx, user, now)?)).await
    };
    Ok(deleted + for_each(find, erase).await?)
}

/// Creates webhook messages from new events; returns the number of events.
pub async fn fan_out_events(db: &Database, now: Instant) -> Result<usize, Problem> {
    let mut events = 0;
    // Each round takes a batch of each organiser, so that one with many events delays nobody.
    loop {
        let find = async |after| db.read(move |tx| Ok::<_, Problem>(webhooks::find_organisers(tx, after)?)).await;
        let fan_out = async |organiser| db.write(move |tx| webhooks::fan_out(tx, organiser, now)).await;
        match for_each(find, fan_out).await? {
            0 => return Ok(events),
            count => events += count,
        }
    }
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

/// Marks imports that nobody writes or undoes any more as interrupted; returns their number.
pub async fn interrupt_lapsed_imports(db: &Database, now: Instant) -> Result<usize, Problem> {
    let find = async |after| db.read(move |tx| Ok::<_, Problem>(imports::find_lapsed(tx, now, after)?)).await;
    let interrupt =
        async |import| db.write(move |tx| Ok::<_, Problem>(imports::interrupt_lapsed(tx, import, now)?)).await;
    for_each(find, interrupt).await
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
        jobs.add("offered booths to waiting lists", JOB_INTERVAL, context(), async |context| {
            refill_from_waiting_lists(&context.db, context.clock.now()).await
        });
        jobs.add("recorded phases of editions", JOB_INTERVAL, context(), async |context| {
            record_phases(&context.db, context.clock.now()).await
        });
        jobs.add("failed stale allocation runs", JOB_INTERVAL, context(), async |context| {
            fail_stale_runs(&context.db, context.clock.now()).await
        });
        jobs.add("marked imports as interrupted", JOB_INTERVAL, context(), async |context| {
            interrupt_lapsed_imports(&context.db, context.clock.now()).await
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

#[cfg(test)]
mod tests {
    use super::*;
    use hoicho_web::http::Code;

    /// However many parts always fail, every run reaches those after them.
    #[actix_web::test]
    async fn parts_after_pages_of_failing_ones_are_done() {
        let find = async |after: Option<u32>| {
            let first = after.map_or(0, |after| after + 1);
            Ok((first..10).take(3).collect())
        };
        let tried = std::cell::RefCell::new(Vec::new());
        let work = async |part| {
            tried.borrow_mut().push(part);
            if part < 9 { Err(Code::Internal.into()) } else { Ok(4) }
        };
        assert_eq!(for_each(find, work).await.unwrap(), 4);
        assert_eq!(tried.into_inner(), (0..10).collect::<Vec<_>>());
    }
}
