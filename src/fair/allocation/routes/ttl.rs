//! Validation of the TTL of a hold or an offer.
use crate::allocation::HoldSeconds;
use hoicho_core::i18n::MessageId;
use hoicho_web::http::{FieldCode, Validator};

/// Validates the TTL of a hold or an offer.
pub(super) fn validate_ttl(checks: &mut Validator, expires_in_s: u32) {
    checks.require(
        HoldSeconds::RANGE.contains(&expires_in_s),
        "/expires_in_s",
        FieldCode::Range,
        MessageId("error-expiry-range")
            .with_number("min", *HoldSeconds::RANGE.start())
            .with_number("max", *HoldSeconds::RANGE.end()),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocation::{HOLD_TTL_S, MAX_BOOTHS_PER_HOLD, OFFER_TTL_S};
    use hoicho_core::i18n::{Language, format};
    use utoipa::OpenApi;

    #[test]
    fn documented_limits_are_the_constants() {
        let document = serde_json::to_string(&crate::allocation::ApiDoc::openapi()).unwrap();
        let number = |n: u32| format::integer(Language::En, n.into());
        let range = format!("{} to {}", number(*HoldSeconds::RANGE.start()), number(*HoldSeconds::RANGE.end()));
        for sentence in [
            format!("1 to {} booths, adjacent unless", number(MAX_BOOTHS_PER_HOLD.into())),
            format!("Seconds until the hold expires: {range}, default {}.", number(HOLD_TTL_S)),
            format!("Seconds until a hold or an offer expires: {range}, default {}.", number(OFFER_TTL_S)),
            format!("Offers a held booth to its exhibitor for {} days", OFFER_TTL_S / (24 * 3_600)),
        ] {
            assert!(document.contains(&sentence), "not in the OpenAPI document: {sentence}");
        }
    }
}
