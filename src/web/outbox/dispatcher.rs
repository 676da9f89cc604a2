//! Runs the tries of deliveries at the same time, in slots that are shared fairly.
use std::{hash::Hash, time::Duration};

use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use super::fair_slots::{FairSlots, SlotLimits};
use crate::http::Problem;

/// Queues in which something waits, with their owners.
pub type Waiting<D> = Vec<(<D as Delivery>::Owner, <D as Delivery>::Queue)>;
/// Claimed deliveries, with the queues they waited in.
pub type Claims<D> = Vec<(<D as Delivery>::Queue, <D as Delivery>::Claimed)>;

/// What is delivered, and how.
pub trait Delivery: Sized + Send + Sync + 'static {
    /// On whose behalf; owners share the slots fairly.
    type Owner: Clone + Eq + Hash + Send + 'static;
    /// What deliveries wait in, for example one receiving address.
    type Queue: Clone + Eq + Hash + Send + 'static;
    /// A delivery that nobody else tries meanwhile.
    type Claimed: Send + 'static;

    /// Numbers of tries at the same time.
    const LIMITS: SlotLimits;

    /// The queues in which something is due. Only reads.
    fn list_waiting(&self) -> impl Future<Output = Result<Waiting<Self>, Problem>> + Send;

    /// Claims the next delivery for each of these slots, as far as there are any; a queue may be named several times.
    fn claim(&self, slots: Vec<Self::Queue>) -> impl Future<Output = Result<Claims<Self>, Problem>> + Send;

    /// Tries a delivery and records the result; returns whether it succeeded. It ends by itself, within seconds.
    fn attempt(&self, claimed: Self::Claimed) -> impl Future<Output = bool> + Send + 'static;
}

/// Tries what is due.
pub struct Dispatcher<D: Delivery> {
    delivery: D,
    slots: FairSlots<D::Owner, D::Queue>,
    running: JoinSet<bool>,
}

impl<D: Delivery> Dispatcher<D> {
    /// Nothing is running.
    pub fn new(delivery: D) -> Self {
        Self { delivery, slots: FairSlots::new(D::LIMITS), running: JoinSet::new() }
    }

    /// Starts tries of what is due, as far as there are slots; returns their number.
    async fn start_due(&mut self) -> Result<usize, Problem> {
        let waiting = self.delivery.list_waiting().await?;
        let mut slots = self.slots.take(&waiting);
        if slots.is_empty() {
            return Ok(0);
        }
        let claimed = self.delivery.claim(slots.iter().map(|slot| slot.queue().clone()).collect()).await?;
        let mut started = 0;
        for (queue, claimed) in claimed {
            let slot = slots.iter().position(|slot| *slot.queue() == queue).map(|index| slots.swap_remove(index));
            let attempt = self.delivery.attempt(claimed);
            self.running.spawn(async move {
                let is_success = attempt.await;
                drop(slot);
                is_success
            });
            started += 1;
        }
        Ok(started)
    }

    /// Tries what is due until nothing is, and waits for the results; returns the number of successes.
    pub async fn run_until_idle(&mut self) -> Result<usize, Problem> {
        let mut successes = 0;
        loop {
            let started = self.start_due().await?;
            match self.running.join_next().await {
                Some(result) => successes += usize::from(result.unwrap_or(false)),
                None if started == 0 => return Ok(successes),
                None => {}
            }
        }
    }

    /// Tries what is due, until it is dropped. `name` is for the log.
    pub async fn run(mut self, name: &'static str, poll_interval: Duration) {
        let mut ticks = interval(poll_interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let mut successes = 0;
            tokio::select! {
                _ = ticks.tick() => {}
                // A slot is free. Without a running try this is never chosen.
                Some(result) = self.running.join_next() => successes += usize::from(result.unwrap_or(false)),
            }
            while let Some(result) = self.running.try_join_next() {
                successes += usize::from(result.unwrap_or(false));
            }
            if successes > 0 {
                tracing::debug!(count = successes, name, "delivered");
            }
            if let Err(error) = self.start_due().await {
                tracing::warn!(%error, name, "failed to start deliveries, retrying");
                ticks.tick().await;
            }
        }
    }
}
