//! The clock of a counting device, compared with the server's when a batch arrives.
use chrono::TimeDelta;

use hoicho_core::values::clock::Instant;

/// Differences up to this are left alone, in seconds: a batch may be on its way for as long, and at most a few counts are of
/// another hour.
pub const CLOCK_TOLERANCE_S: i64 = 120;

/// Added to the times of a device whose clock shows `device` at the time `server`.
pub fn clock_correction(server: Instant, device: Instant) -> TimeDelta {
    let difference = server.signed_duration_since(device);
    if difference.num_seconds().abs() <= CLOCK_TOLERANCE_S { TimeDelta::zero() } else { difference }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u32, second: u32) -> Instant {
        chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap().and_hms_opt(10, minute, second).unwrap()
    }

    #[test]
    fn small_differences_are_tolerated_and_others_corrected_in_full() {
        assert_eq!(clock_correction(at(2, 0), at(0, 0)), TimeDelta::zero());
        assert_eq!(clock_correction(at(0, 0), at(2, 0)), TimeDelta::zero());
        assert_eq!(clock_correction(at(2, 1), at(0, 0)), TimeDelta::seconds(121));
        assert_eq!(clock_correction(at(0, 0), at(2, 1)), TimeDelta::seconds(-121));
        let never = clock_correction(Instant::MAX, Instant::MIN);
        assert!(at(0, 0).checked_add_signed(never).is_none());
    }
}
