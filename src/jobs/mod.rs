//! Background work: done by every node, harmless when two do it at once.
use std::time::Duration;

use crate::{
    allocation,
    db::Db,
    http::Problem,
    values::clock::{Clock, Instant},
};

/// How often the jobs run.
const EVERY: Duration = Duration::from_secs(10);

/// Ends holds and offers whose time has run out; returns how many.
pub async fn expire_allocations(db: &Db, now: Instant) -> Result<usize, Problem> {
    db.write(move |tx| allocation::expire_due(tx, now)).await
}

/// Runs the jobs until the program ends. A failure is logged and tried again at the next turn.
pub async fn run(db: Db, clock: Clock) {
    let mut turns = tokio::time::interval(EVERY);
    loop {
        turns.tick().await;
        match expire_allocations(&db, clock.now()).await {
            Ok(0) => {}
            Ok(expired) => tracing::info!(expired, "holds and offers ran out"),
            Err(error) => tracing::warn!(%error, "holds and offers could not be expired; trying again"),
        }
    }
}
