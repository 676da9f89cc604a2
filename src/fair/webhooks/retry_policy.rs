//! Retry delays of failed deliveries, and when a failing endpoint is disabled.
use chrono::Duration;

/// Backoff between attempts in seconds: 11 attempts within about 3.3 days.
const RETRY_DELAYS_S: [i64; 10] = [5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 86_400, 86_400];
/// An endpoint that fails for this long without a success is disabled.
const DISABLE_AFTER: Duration = Duration::days(5);

/// Delay before the next attempt, given the number of attempts so far; `None` after the last.
pub(super) fn retry_delay(attempts: i32) -> Option<Duration> {
    let index = usize::try_from(attempts).ok()?.checked_sub(1)?;
    RETRY_DELAYS_S.get(index).map(|s| Duration::seconds(*s))
}

/// Whether an endpoint that fails for this long is to be disabled.
pub(super) fn should_disable(failing_for: Duration) -> bool {
    failing_for >= DISABLE_AFTER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_delays_grow_and_end_before_the_endpoint_is_disabled() {
        let delays: Vec<Duration> = (1..100).map_while(retry_delay).collect();
        assert_eq!(delays.len(), 10);
        assert!(delays.windows(2).all(|w| w[0] <= w[1]));
        let total: Duration = delays.iter().sum();
        assert!(total > Duration::days(3) && total < DISABLE_AFTER, "{total}");
        assert_eq!(retry_delay(0), None);
    }
}
