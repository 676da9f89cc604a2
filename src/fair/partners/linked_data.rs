//! schema.org data of an edition and of an exhibitor as JSON-LD, for search engines.
use chrono::{NaiveDateTime, TimeZone};
use serde_json::{Value, json};

use crate::{
    editions::store::{EditionRow, OpeningDayRow},
    products::ProductGroup,
};
use hoicho_core::{
    i18n::{Language, format},
    states::{EditionPhase, EditionState},
    values::clock::Instant,
};
use hoicho_web::http::download::Cell;

/// Formats a local time with offset: `2018-04-28T08:00:00+07:00`.
fn rfc3339(time_zone: &str, at: NaiveDateTime) -> String {
    let zone: chrono_tz::Tz = time_zone.parse().unwrap_or(chrono_tz::UTC);
    zone.from_local_datetime(&at).earliest().map_or_else(|| at.to_string(), |at| at.to_rfc3339())
}

/// Serializes JSON for a `<script>` element: escapes `<`, `>` and `&`, so that no value can end the element.
fn escape_for_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// What linked data says about an edition.
pub struct EditionData<'a> {
    /// The edition.
    pub edition: &'a EditionRow,
    /// Its opening days.
    pub days: &'a [OpeningDayRow],
    /// Name and address of the venue.
    pub place: Option<&'a (String, String)>,
    /// Name of the organiser.
    pub organiser: &'a str,
    /// Canonical address of the page.
    pub url: &'a str,
    /// Address of the preview image.
    pub image_url: &'a str,
    /// One sentence in the language of the page.
    pub description: &'a str,
    /// Language of the page.
    pub language: Language,
    /// Its booths.
    pub booths: BoothOffers<'a>,
    /// The time of the request.
    pub now: Instant,
}

/// Booths that exhibitors apply for.
pub struct BoothOffers<'a> {
    /// Name of the offer in the language of the page.
    pub name: &'a str,
    /// Address of the page to apply at.
    pub url: &'a str,
    /// Lowest and highest fee in minor units; `None` without booths.
    pub fees: Option<(i64, i64)>,
    /// Booths that are free.
    pub free: usize,
}

/// The booths as an offer with the lowest and the highest fee; `None` unless the edition is published and has booths.
fn booth_offers(data: &EditionData<'_>) -> Option<Value> {
    let EditionData { edition, booths, now, .. } = data;
    let (lowest, highest) = booths.fees?;
    let availability = match edition.phase(*now)? {
        EditionPhase::BeforeRegistration => "PreOrder",
        EditionPhase::RegistrationOpen
        | EditionPhase::RegistrationClosed
        | EditionPhase::Live
        | EditionPhase::Reporting => {
            let is_available = edition.accepts_applications(*now) && booths.free > 0;
            if is_available { "InStock" } else { "SoldOut" }
        }
    };
    let digits = u32::try_from(format::minor_digits(&edition.currency)).unwrap_or(0);
    let price = |minor: i64| Cell::Money(minor, digits).number();
    let mut offers = json!({
        "@type": "AggregateOffer",
        "name": booths.name,
        "url": booths.url,
        "businessFunction": "http://purl.org/goodrelations/v1#LeaseOut",
        "priceCurrency": edition.currency,
        "lowPrice": price(lowest),
        "highPrice": price(highest),
        "offerCount": booths.free,
        "availability": format!("https://schema.org/{availability}"),
    });
    let fields = offers.as_object_mut()?;
    let closes = edition.schedule.registration_closes_at.or(edition.schedule.first_opens_at);
    for (name, at) in [("validFrom", edition.schedule.registration_opens_at), ("validThrough", closes)] {
        if let Some(at) = at {
            fields.insert(name.to_owned(), json!(at.and_utc().to_rfc3339()));
        }
    }
    Some(offers)
}

/// An `ExhibitionEvent`.
pub fn edition_json_ld(data: &EditionData<'_>) -> String {
    let EditionData { edition, days, .. } = data;
    let status = match edition.state {
        EditionState::Cancelled => "https://schema.org/EventCancelled",
        EditionState::Draft | EditionState::Published | EditionState::Finalised => "https://schema.org/EventScheduled",
    };
    let instant = |day: &OpeningDayRow, time| rfc3339(&edition.time_zone, day.day.and_time(time));
    let mut event = json!({
        "@context": "https://schema.org",
        "@type": "ExhibitionEvent",
        "name": edition.name,
        "description": data.description,
        "image": [data.image_url],
        "url": data.url,
        "inLanguage": data.language.tag(),
        "eventStatus": status,
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "organizer": { "@type": "Organization", "name": data.organiser },
    });
    let Some(fields) = event.as_object_mut() else { return String::new() };
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        fields.insert("startDate".to_owned(), json!(instant(first, first.opens_at)));
        fields.insert("endDate".to_owned(), json!(instant(last, last.closes_at)));
    }
    if let Some((name, address)) = data.place {
        fields.insert("location".to_owned(), json!({ "@type": "Place", "name": name, "address": address }));
    }
    if let Some(offers) = booth_offers(data) {
        fields.insert("offers".to_owned(), offers);
    }
    escape_for_script(&event)
}

/// An `Organization` with its products as offers.
pub fn exhibitor_json_ld(
    name: &str,
    locality: &str,
    country: &str,
    products: &[(&str, ProductGroup)],
    description: &str,
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
        "description": description,
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
        let data = exhibitor_json_ld(
            "</script><b>",
            "A & B",
            "VN",
            &[("<!--", ProductGroup::Food)],
            "<i>",
            "https://x.example/",
        );
        assert!(!data.contains(['<', '>', '&']), "{data}");
        let parsed: Value = serde_json::from_str(&data).unwrap();
        assert_eq!(parsed["name"], "</script><b>");
    }
}
