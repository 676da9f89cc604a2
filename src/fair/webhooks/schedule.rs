//! When a message that could not be delivered is tried again, and when an address is given up.
use chrono::Duration;

/// Waits between tries: 11 tries in about four days.
const WAITS_S: [i64; 10] = [5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 86_400, 86_400];
/// An address that has taken nothing for this long is switched off.
const DEAD: Duration = Duration::days(5);

/// How long to wait after so many tries; `None` when that was the last.
pub(super) fn wait(attempts: i32) -> Option<Duration> {
    let at = usize::try_from(attempts).ok()?.checked_sub(1)?;
    WAITS_S.get(at).map(|s| Duration::seconds(*s))
}

/// Whether an address has taken nothing for so long that nobody is there.
pub(super) fn is_dead(failing_for: Duration) -> bool {
    failing_for >= DEAD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_go_on_for_days_ever_more_slowly_and_then_end() {
        let waits: Vec<Duration> = (1..100).map_while(wait).collect();
        assert_eq!(waits.len(), 10);
        assert!(waits.windows(2).all(|w| w[0] <= w[1]));
        let all: Duration = waits.iter().sum();
        assert!(all > Duration::days(3) && all < DEAD, "{all}");
        assert_eq!(wait(0), None);
    }
}
