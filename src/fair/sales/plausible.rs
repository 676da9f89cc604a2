//! Figures that real OCOP fairs have had: outside them we warn, never block.
use hoicho_core::i18n::{Said, Text};

/// VND a booth sells on a day.
const USUAL: std::ops::RangeInclusive<i64> = 5_000_000..=17_000_000;

/// A warning about the amount of one booth and day, if it is unusual; a nil report is not.
pub fn warning(amount: i64, currency: &str) -> Option<(&'static str, Text)> {
    if currency != "VND" || amount == 0 || USUAL.contains(&amount) {
        return None;
    }
    let text = Said("a-booth-usually-sells-5-to-17").text();
    Some((if amount < *USUAL.start() { "unusually_low" } else { "unusually_high" }, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unusual_amounts_are_warned_about() {
        let code = |amount| warning(amount, "VND").map(|w| w.0);
        assert_eq!(code(7_500), Some("unusually_low"));
        assert_eq!(code(17_000_001), Some("unusually_high"));
        assert_eq!((code(0), code(5_000_000), code(17_000_000)), (None, None, None));
        assert_eq!(warning(7_500, "EUR"), None);
    }
}
