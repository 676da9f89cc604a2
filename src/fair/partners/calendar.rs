//! Opening days of an edition as iCalendar (RFC 5545).
use chrono::{NaiveDateTime, TimeZone, Utc};
use icalendar::{Calendar, Component, Event, EventLike};

use crate::editions::store::{EditionRow, OpeningDayRow};
use hoicho_core::{states::EditionState, values::clock::Instant};

/// One event per day, in UTC, so that clients need no time zone definition. The UIDs do not depend on the hours: when
/// hours change, a subscriber's calendar updates the event instead of adding a second one.
pub(super) fn render(
    edition: &EditionRow,
    days: &[OpeningDayRow],
    place: Option<&str>,
    url: &str,
    now: Instant,
) -> String {
    let zone: chrono_tz::Tz = edition.time_zone.parse().unwrap_or(chrono_tz::UTC);
    // A local time skipped by a clock change has no instant; it is taken as UTC.
    let instant = |at: NaiveDateTime| {
        let local = zone.from_local_datetime(&at).earliest();
        local.map_or_else(|| Utc.from_utc_datetime(&at), |local| local.with_timezone(&Utc))
    };
    let mut calendar = Calendar::new();
    calendar.name(&edition.name);
    for day in days {
        let mut event = Event::new();
        event
            .uid(&format!("{}-{}@hoicho", edition.id, day.day))
            .timestamp(Utc.from_utc_datetime(&now))
            .summary(&edition.name)
            .starts(instant(day.day.and_time(day.opens_at)))
            .ends(instant(day.day.and_time(day.closes_at)))
            .url(url);
        if let Some(place) = place {
            event.location(place);
        }
        if edition.state == EditionState::Cancelled {
            event.status(icalendar::EventStatus::Cancelled);
        }
        calendar.push(event.done());
    }
    calendar.done().to_string()
}
