//! schema.org data of an edition and of an exhibitor as JSON-LD, for search engines.
use chrono::{NaiveDateTime, TimeZone};
use serde_json::{Value, json};

use crate::{
    editions::store::{EditionRow, OpeningDayRow},
    products::ProductGroup,
};
use hoicho_core::states::EditionState;

/// Formats a local time with offset: `2018-04-28T08:00:00+07:00`.
fn rfc3339(time_zone: &str, at: NaiveDateTime) -> String {
    let zone: chrono_tz::Tz = time_zone.parse().unwrap_or(chrono_tz::UTC);
    zone.from_local_datetime(&at).earliest().map_or_else(|| at.to_string(), |at| at.to_rfc3339())
}

/// Serializes JSON for a `<script>` element: escapes `<`, `>` and `&`, so that no value can end the element.
fn escape_for_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// An `ExhibitionEvent`; `place` is the name and address of the venue.
pub fn edition_json_ld(
    edition: &EditionRow,
    days: &[OpeningDayRow],
    place: Option<&(String, String)>,
    organiser: &str,
    url: &str,
) -> String {
    let status = match edition.state {
        EditionState::Cancelled => "https://schema.org/EventCancelled",
        EditionState::Draft | EditionState::Published | EditionState::Finalised => "https://schema.org/EventScheduled",
    };
    let instant = |day: &OpeningDayRow, time| rfc3339(&edition.time_zone, day.day.and_time(time));
    let mut event = json!({
        "@context": "https://schema.org",
        "@type": "ExhibitionEvent",
        "name": edition.name,
        "url": url,
        "eventStatus": status,
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "organizer": { "@type": "Organization", "name": organiser },
    });
    let Some(fields) = event.as_object_mut() else { return String::new() };
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        fields.insert("startDate".to_owned(), json!(instant(first, first.opens_at)));
        fields.insert("endDate".to_owned(), json!(instant(last, last.closes_at)));
    }
    if let Some((name, address)) = place {
        fields.insert("location".to_owned(), json!({ "@type": "Place", "name": name, "address": address }));
    }
    escape_for_script(&event)
}

/// An `Organization` with its products as offers.
pub fn exhibitor_json_ld(
    name: &str,
    locality: &str,
    country: &str,
    products: &[(&str, ProductGroup)],
    url: &str,
) -> String {
    let offers: Vec<Value> = products
        .iter()
        .map(|(name, group)| {
            let product = json!({ "@type": "Product", "name": name, "category": group });
            json!({ "@type": "Offer", "itemOffered": product })
        })
        .collect();
    escape_for_script(&json!({
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": name,
        "url": url,
        "address": { "@type": "PostalAddress", "addressLocality": locality, "addressCountry": country },
        "makesOffer": offers,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_names_that_would_end_the_script_element() {
        let data =
            exhibitor_json_ld("</script><b>", "A & B", "VN", &[("<!--", ProductGroup::Food)], "https://x.example/");
        assert!(!data.contains(['<', '>', '&']), "{data}");
        let parsed: Value = serde_json::from_str(&data).unwrap();
        assert_eq!(parsed["name"], "</script><b>");
    }
}
