//! Plausibility check of daily sales against real OCOP fairs. Amounts outside the range give a warning, never an error.
use hoicho_core::i18n::{LocalizedText, MessageId};

/// Sales per booth and day in VND.
const USUAL_SALES: std::ops::RangeInclusive<i64> = 5_000_000..=17_000_000;

hoicho_core::text_enum! {
    /// Why an amount is implausible.
    AmountWarning {
        /// Below the usual sales.
        UnusuallyLow,
        /// Above the usual sales.
        UnusuallyHigh,
    }
}

/// Warning and its text for an unusual amount of one booth and day. Nil reports and other currencies give none.
pub fn warning(amount: i64, currency: &str) -> Option<(AmountWarning, LocalizedText)> {
    if currency != "VND" || amount == 0 || USUAL_SALES.contains(&amount) {
        return None;
    }
    let text = MessageId("error-amount-implausible").localize();
    let is_low = amount < *USUAL_SALES.start();
    Some((if is_low { AmountWarning::UnusuallyLow } else { AmountWarning::UnusuallyHigh }, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warns_about_unusual_amounts_only() {
        let code = |amount| warning(amount, "VND").map(|w| w.0);
        assert_eq!(code(7_500), Some(AmountWarning::UnusuallyLow));
        assert_eq!(code(17_000_001), Some(AmountWarning::UnusuallyHigh));
        assert_eq!((code(0), code(5_000_000), code(17_000_000)), (None, None, None));
        assert_eq!(warning(7_500, "EUR"), None);
    }
}
