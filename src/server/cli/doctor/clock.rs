//! The clock of this machine, compared with the program and with the database server, and the time zone data.
use chrono::{Datelike, NaiveDate};

use super::report::{Finding, or_ok};
use hoicho_core::{
    db::{DatabaseUrl, inspect, migrate},
    values::clock::{Clock, Day},
};

/// A difference between two clocks, in milliseconds, that a synchronised clock never has.
const MAX_OFFSET_MS: u64 = 5_000;
/// A difference beyond which holds, tokens and e-mail leases expire at wrong times on other nodes.
const MAX_TOLERABLE_OFFSET_MS: u64 = 60_000;
/// Age in years at which time zone data is reported as old.
const MAX_ZONE_DATA_AGE_YEARS: i32 = 3;

/// Without a URL only this machine is checked.
pub(super) fn check(url: Option<&DatabaseUrl>, clock: Clock) -> Vec<Finding> {
    let now = clock.now();
    let mut findings = Vec::new();
    findings.extend(migrate::newest_date().and_then(|built| too_early(now.date(), built)));
    findings.extend(old_zone_data(chrono_tz::IANA_TZDB_VERSION, now.date()));
    // The check of the database reports a server that does not respond.
    if let Some(offset) = url.and_then(|url| inspect::clock_offset_ms(url, || clock.now()).ok()).flatten() {
        findings.extend(differs(offset));
    }
    let zones = chrono_tz::IANA_TZDB_VERSION;
    or_ok(findings, || format!("{} UTC, time zone data {zones}", now.format("%Y-%m-%d %H:%M:%S")))
}

/// A date before the program was made is wrong for sure.
fn too_early(today: Day, built: NaiveDate) -> Option<Finding> {
    (today < built).then(|| {
        Finding::Error(format!(
            "the system date is {today}, but this version was built on or after {built}; set the clock (timedatectl set-ntp true)"
        ))
    })
}

/// `version` is a year and a letter, such as `2025b`.
fn old_zone_data(version: &str, today: Day) -> Option<Finding> {
    let year: i32 = version.get(..4)?.parse().ok()?;
    (today.year() - year > MAX_ZONE_DATA_AGE_YEARS).then(|| {
        Finding::Warning(format!("the time zone data {version} in this program is old; install a newer version"))
    })
}

/// `offset_ms` is how far the database server is ahead.
fn differs(offset_ms: i64) -> Option<Finding> {
    let seconds = offset_ms.unsigned_abs() / 1_000;
    let direction = if offset_ms < 0 { "behind" } else { "ahead of" };
    let sentence = format!(
        "the clock of the database server is {seconds} s {direction} this machine's; synchronise both (timedatectl set-ntp true)"
    );
    let finding = if offset_ms.unsigned_abs() > MAX_TOLERABLE_OFFSET_MS { Finding::Error } else { Finding::Warning };
    (offset_ms.unsigned_abs() > MAX_OFFSET_MS).then(|| finding(sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn date_before_the_program_was_made_is_an_error() {
        let built = day("2026-12-01");
        assert!(
            matches!(too_early(day("2026-11-30"), built), Some(Finding::Error(text)) if text.contains("2026-11-30"))
        );
        assert_eq!(too_early(built, built), None);
        assert!(migrate::newest_date().is_some_and(|newest| newest >= built));
    }

    #[test]
    fn difference_to_the_database_server_is_reported() {
        for offset in [0, 5_000, -5_000] {
            assert_eq!(differs(offset), None);
        }
        assert!(matches!(differs(-6_000), Some(Finding::Warning(text)) if text.contains("6 s behind")));
        assert!(matches!(differs(61_000), Some(Finding::Error(text)) if text.contains("61 s ahead")));
    }

    #[test]
    fn old_time_zone_data_is_reported() {
        let today = day("2026-12-01");
        assert_eq!(old_zone_data("2025b", today), None);
        assert!(matches!(old_zone_data("2022a", today), Some(Finding::Warning(_))));
        assert!(matches!(old_zone_data(chrono_tz::IANA_TZDB_VERSION, day("2099-01-01")), Some(Finding::Warning(_))));
    }
}
