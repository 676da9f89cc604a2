//! What follows from the dates of an edition: its phase, whether applications are accepted, which days are held.
//!
//! All intervals include their first instant and exclude the last one.
use chrono::{Duration, NaiveDateTime, NaiveTime, TimeZone};
use diesel::prelude::*;

use hoicho_core::{
    db::schema::editions,
    states::EditionPhase,
    values::clock::{Day, Instant},
};

/// Time after an early end in which it can be taken back.
pub const END_UNDO_PERIOD: Duration = Duration::hours(24);

/// The instants of an edition, columns of `editions`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = editions, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Schedule {
    /// When registration opens; `None` while it is not decided.
    pub registration_opens_at: Option<Instant>,
    /// When registration closes; `None` for the start of the first opening day. May be later than that: to fill free booths of a
    /// live edition.
    pub registration_closes_at: Option<Instant>,
    /// Start of the first opening day.
    pub first_opens_at: Option<Instant>,
    /// End of the last opening day.
    pub last_closes_at: Option<Instant>,
    /// When the edition was ended before its last day was over.
    pub ended_at: Option<Instant>,
}

fn has_passed(boundary: Option<Instant>, at: Instant) -> bool {
    boundary.is_some_and(|boundary| boundary <= at)
}

impl Schedule {
    /// The phase at an instant, if the edition is published.
    pub fn phase(&self, at: Instant) -> EditionPhase {
        if has_passed(self.ended_at, at) || has_passed(self.last_closes_at, at) {
            EditionPhase::Reporting
        } else if self.has_begun(at) {
            EditionPhase::Live
        } else if !has_passed(self.registration_opens_at, at) {
            EditionPhase::BeforeRegistration
        } else if has_passed(self.registration_closes_at, at) {
            EditionPhase::RegistrationClosed
        } else {
            EditionPhase::RegistrationOpen
        }
    }

    /// Whether the first opening day has begun.
    pub fn has_begun(&self, at: Instant) -> bool {
        has_passed(self.first_opens_at, at)
    }

    /// Whether the last opening day is over or the edition was ended early.
    pub fn is_over(&self, at: Instant) -> bool {
        self.phase(at) == EditionPhase::Reporting
    }

    /// Whether exhibitors may apply: between the registration instants, until the edition is over.
    pub fn accepts_applications(&self, at: Instant) -> bool {
        let closes = self.registration_closes_at.or(self.first_opens_at);
        has_passed(self.registration_opens_at, at) && !has_passed(closes, at) && !self.is_over(at)
    }

    /// The first instant after `after` at which the phase, or whether applications are accepted, may change.
    pub fn next_boundary(&self, after: Instant) -> Option<Instant> {
        let boundaries = [
            self.registration_opens_at,
            self.registration_closes_at,
            self.first_opens_at,
            self.last_closes_at,
            self.ended_at,
        ];
        boundaries.into_iter().flatten().filter(|boundary| *boundary > after).min()
    }

    /// Whether an early end cancels an opening day that begins at this instant.
    pub fn cancels(&self, begins: Instant) -> bool {
        self.ended_at.is_some_and(|ended| begins > ended)
    }

    /// Whether an early end can be taken back.
    pub fn can_resume(&self, now: Instant) -> bool {
        self.ended_at.is_some_and(|ended| now < ended + END_UNDO_PERIOD)
    }
}

/// The instant of a local time. One that a clock change skips is read as UTC.
pub fn to_instant(zone: chrono_tz::Tz, local: NaiveDateTime) -> Instant {
    zone.from_local_datetime(&local).earliest().map_or(local, |at| at.naive_utc())
}

/// The days that count at `now`, of opening days and the local times at which they open: their date has come in `zone`, and they
/// began before an early end. Sales reports are due for them and averages divide by them.
pub fn days_held(
    schedule: &Schedule,
    zone: chrono_tz::Tz,
    days: impl Iterator<Item = (Day, NaiveTime)>,
    now: Instant,
) -> Vec<Day> {
    let today = zone.from_utc_datetime(&now).date_naive();
    let is_held = |(day, opens): &(Day, NaiveTime)| {
        let begins = to_instant(zone, day.and_time(*opens));
        *day <= today && !schedule.cancels(begins)
    };
    days.filter(is_held).map(|(day, _)| day).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn fair() -> Schedule {
        Schedule {
            registration_opens_at: Some(at("2026-01-05T01:00:00")),
            registration_closes_at: Some(at("2026-02-01T00:00:00")),
            first_opens_at: Some(at("2026-03-01T01:00:00")),
            last_closes_at: Some(at("2026-03-05T14:00:00")),
            ended_at: None,
        }
    }

    #[test]
    fn phase_follows_the_dates() {
        use EditionPhase::*;
        let phases = [
            ("2026-01-05T00:59:59", BeforeRegistration),
            ("2026-01-05T01:00:00", RegistrationOpen),
            ("2026-02-01T00:00:00", RegistrationClosed),
            ("2026-03-01T01:00:00", Live),
            // The night between two opening days.
            ("2026-03-02T20:00:00", Live),
            ("2026-03-05T14:00:00", Reporting),
        ];
        for (time, phase) in phases {
            assert_eq!(fair().phase(at(time)), phase, "{time}");
        }
        let ended = Schedule { ended_at: Some(at("2026-03-03T05:00:00")), ..fair() };
        assert_eq!(ended.phase(at("2026-03-03T04:59:59")), Live);
        assert_eq!(ended.phase(at("2026-03-03T05:00:00")), Reporting);
        assert_eq!(Schedule::default().phase(at("2026-03-03T05:00:00")), BeforeRegistration);
    }

    #[test]
    fn registration_without_a_closing_time_ends_with_the_first_day() {
        let open = Schedule { registration_closes_at: None, ..fair() };
        assert!(open.accepts_applications(at("2026-03-01T00:59:59")));
        assert!(!open.accepts_applications(at("2026-03-01T01:00:00")));
        let late = Schedule { registration_closes_at: Some(at("2026-03-04T00:00:00")), ..fair() };
        assert!(late.accepts_applications(at("2026-03-03T00:00:00")));
        let ended = Schedule { ended_at: Some(at("2026-03-02T00:00:00")), ..late };
        assert!(!ended.accepts_applications(at("2026-03-03T00:00:00")));
    }

    #[test]
    fn days_after_an_early_end_are_not_held() {
        let zone = chrono_tz::Asia::Ho_Chi_Minh;
        let opens: NaiveTime = "08:00:00".parse().unwrap();
        let days = || (1..=5).map(|d| (Day::from_ymd_opt(2026, 3, d).unwrap(), opens));
        let held = |schedule: &Schedule, now: &str| days_held(schedule, zone, days(), at(now)).len();
        assert_eq!(held(&fair(), "2026-02-28T16:59:59"), 0);
        assert_eq!(held(&fair(), "2026-02-28T17:00:00"), 1, "midnight in Hạ Long");
        assert_eq!(held(&fair(), "2026-04-01T00:00:00"), 5);
        let ended = Schedule { ended_at: Some(at("2026-03-03T00:59:59")), ..fair() };
        assert_eq!(held(&ended, "2026-04-01T00:00:00"), 2, "a minute before the third day opened");
        let ended = Schedule { ended_at: Some(at("2026-03-03T01:00:00")), ..fair() };
        assert_eq!(held(&ended, "2026-04-01T00:00:00"), 3);
    }

    proptest! {
        #[test]
        fn nothing_changes_between_two_boundaries(
            instants in proptest::array::uniform5(proptest::option::of(0_i64..200)),
            from in 0_i64..200,
        ) {
            let instant = |s: i64| chrono::DateTime::from_timestamp(s, 0).unwrap().naive_utc();
            let [a, b, c, d, e] = instants.map(|s| s.map(instant));
            let schedule = Schedule {
                registration_opens_at: a,
                registration_closes_at: b,
                first_opens_at: c,
                last_closes_at: d,
                ended_at: e,
            };
            let shown = |s: i64| (schedule.phase(instant(s)), schedule.accepts_applications(instant(s)));
            let next = schedule.next_boundary(instant(from)).map_or(200, |at| at.and_utc().timestamp());
            for s in from..next {
                prop_assert_eq!(shown(s), shown(from));
            }
        }
    }
}
