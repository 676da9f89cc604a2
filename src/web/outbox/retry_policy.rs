//! Retry delays of e-mails.
use chrono::Duration;

/// Max delivery attempts per e-mail; the last is about 17 hours after the first.
const MAX_ATTEMPTS: i32 = 10;

/// Delay before the next attempt, given the number of attempts so far: 2 minutes, doubled after each attempt. `None` after
/// the last.
pub(super) fn retry_delay(attempts: i32) -> Option<Duration> {
    (1..MAX_ATTEMPTS).contains(&attempts).then(|| Duration::minutes(1 << attempts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_delays_double_and_end_after_17_hours() {
        let delays: Vec<Duration> = (1..100).map_while(retry_delay).collect();
        assert_eq!(delays.first(), Some(&Duration::minutes(2)));
        assert!(delays.windows(2).all(|pair| pair[1] == pair[0] * 2));
        assert_eq!(delays.len(), 9);
        assert_eq!(delays.iter().sum::<Duration>().num_hours(), 17);
        assert_eq!(retry_delay(0), None);
    }
}
