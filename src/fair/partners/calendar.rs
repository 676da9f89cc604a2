//! Opening days of an edition as iCalendar (RFC 5545, with the calendar's name of RFC 7986).
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};

use crate::editions::{
    OpeningDay,
    schedule::to_instant,
    store::{EditionRow, OpeningDayRow},
};
use hoicho_core::{states::EditionState, values::clock::Instant};
use hoicho_web::http::Problem;

/// Max octets of a line without its line break; a longer one is folded.
const MAX_LINE_OCTETS: usize = 75;

/// Escapes a value of type TEXT.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | ';' | ',') {
            escaped.push('\\');
        }
        if c == '\n' {
            escaped.push_str("\\n");
        } else if !c.is_control() {
            escaped.push(c);
        }
    }
    escaped
}

/// Content lines. A line that is too long continues on lines that begin with a blank; no character is split.
#[derive(Default)]
struct ContentLines(String);

impl ContentLines {
    fn push(&mut self, name: &str, value: &str) {
        let mut octets = 0;
        for c in name.chars().chain([':']).chain(value.chars()) {
            if octets + c.len_utf8() > MAX_LINE_OCTETS {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(c);
            octets += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    fn push_time(&mut self, name: &str, at: DateTime<Utc>) {
        self.push(name, &at.format("%Y%m%dT%H%M%SZ").to_string());
    }
}

/// A day in the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CalendarDay {
    pub day: OpeningDay,
    /// Whether it was announced and does not take place.
    pub is_cancelled: bool,
}

/// Opening days, those that are not held marked, and announced days that were dropped; in chronological order. A calendar that has
/// copied an event learns only from the event itself that it is cancelled.
pub(super) fn calendar_days(
    edition: &EditionRow,
    days: &[OpeningDayRow],
    dropped: Vec<OpeningDay>,
) -> Result<Vec<CalendarDay>, Problem> {
    let zone = edition.zone()?;
    let is_cancelled = |day: &OpeningDayRow| edition.schedule.cancels(to_instant(zone, day.day.and_time(day.opens_at)));
    let opening = days.iter().map(|row| CalendarDay {
        day: OpeningDay { day: row.day, opens_at: row.opens_at, closes_at: row.closes_at },
        is_cancelled: edition.state == EditionState::Cancelled || is_cancelled(row),
    });
    let dropped = dropped.into_iter().map(|day| CalendarDay { day, is_cancelled: true });
    let mut days: Vec<CalendarDay> = opening.chain(dropped).collect();
    days.sort_by_key(|day| day.day.day);
    Ok(days)
}

/// One event per day, in UTC, so that clients need no time zone definition. The UIDs do not depend on the hours: when
/// hours change, a subscriber's calendar updates the event instead of adding a second one. `changed_at` is the last change of what
/// the calendar shows, so that the same data gives the same text; the version of the edition is the sequence number.
pub(super) fn render(
    edition: &EditionRow,
    days: &[CalendarDay],
    place: Option<&str>,
    url: &str,
    changed_at: Instant,
) -> String {
    let zone: chrono_tz::Tz = edition.time_zone.parse().unwrap_or(chrono_tz::UTC);
    // A local time skipped by a clock change has no instant; it is taken as UTC.
    let instant = |at: NaiveDateTime| {
        let local = zone.from_local_datetime(&at).earliest();
        local.map_or_else(|| Utc.from_utc_datetime(&at), |local| local.with_timezone(&Utc))
    };
    let name = escape(&edition.name);
    let mut lines = ContentLines::default();
    lines.push("BEGIN", "VCALENDAR");
    lines.push("VERSION", "2.0");
    lines.push("PRODID", "-//hoicho//hoicho//EN");
    lines.push("CALSCALE", "GREGORIAN");
    lines.push("NAME", &name);
    // The older name of the property, which most clients read.
    lines.push("X-WR-CALNAME", &name);
    for CalendarDay { day, is_cancelled } in days {
        lines.push("BEGIN", "VEVENT");
        lines.push("UID", &format!("{}-{}@hoicho", edition.id, day.day));
        lines.push_time("DTSTAMP", Utc.from_utc_datetime(&changed_at));
        lines.push_time("LAST-MODIFIED", Utc.from_utc_datetime(&changed_at));
        lines.push("SEQUENCE", &edition.version.to_string());
        lines.push_time("DTSTART", instant(day.day.and_time(day.opens_at)));
        lines.push_time("DTEND", instant(day.day.and_time(day.closes_at)));
        lines.push("SUMMARY", &name);
        if let Some(place) = place {
            lines.push("LOCATION", &escape(place));
        }
        lines.push("STATUS", if *is_cancelled { "CANCELLED" } else { "CONFIRMED" });
        lines.push("URL", url);
        lines.push("END", "VEVENT");
    }
    lines.push("END", "VCALENDAR");
    lines.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("Tết, Xuân; \\ 2026\r\nHạ Long\u{7}"), "Tết\\, Xuân\\; \\\\ 2026\\nHạ Long");
    }

    proptest! {
        #[test]
        fn lines_have_at_most_75_octets_and_unfold_to_the_value(value in "[a-zA-ZạăđộƠ🎪, ]{0,300}") {
            let mut lines = ContentLines::default();
            lines.push("SUMMARY", &value);
            prop_assert!(lines.0.split("\r\n").all(|line| line.len() <= MAX_LINE_OCTETS));
            prop_assert_eq!(lines.0.replace("\r\n ", ""), format!("SUMMARY:{value}\r\n"));
        }
    }
}
