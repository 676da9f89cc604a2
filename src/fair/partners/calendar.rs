//! The opening days of an edition as RFC 5545 has them.
use chrono::{NaiveDateTime, TimeZone, Utc};
use icalendar::{Calendar, Component, Event, EventLike};

use crate::editions::{
    EditionState,
    store::{EditionRow, OpeningDayRow},
};
use hoicho_core::values::clock::Instant;

/// An event a day, in UTC: no program has to know the time zone. The identifiers stay the same when hours change, so
/// that a subscriber's calendar moves an event instead of having two.
pub(super) fn of(edition: &EditionRow, days: &[OpeningDayRow], place: Option<&str>, url: &str, now: Instant) -> String {
    let zone: chrono_tz::Tz = edition.time_zone.parse().unwrap_or(chrono_tz::UTC);
    // An hour that a clock change skips has no instant; the next one that exists is meant.
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
