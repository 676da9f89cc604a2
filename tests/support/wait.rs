//! Polling with one timeout for all tests. A test asserts a state, a count or an event, never how fast it is reached: the
//! timeout only bounds how long a failing test runs.
use std::time::{Duration, Instant};

/// Far longer than any state takes to be reached, even on a machine with many other things to do.
pub const TIMEOUT: Duration = Duration::from_secs(120);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Polls `condition` until it holds.
#[track_caller]
pub fn wait_until(state: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < TIMEOUT, "timeout after {TIMEOUT:?}: {state}");
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// The same in an async test.
pub async fn wait_until_async(state: &str, mut condition: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < TIMEOUT, "timeout after {TIMEOUT:?}: {state}");
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}
