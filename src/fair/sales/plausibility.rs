//! Plausibility of the daily sales of a booth. Unusual amounts are asked about or give a warning, never an error of the API.
use std::ops::RangeInclusive;

use hoicho_core::i18n::{Language, LocalizedText, MessageId, format};
use hoicho_spreadsheet::parse::{in_english, in_vietnamese};

/// Usual sales per booth and day in VND at OCOP fairs, for booths with fewer than [`MIN_REPORTS`] earlier reports.
const USUAL_SALES: RangeInclusive<i64> = 5_000_000..=17_000_000;
/// Earlier reports of a booth from which its own median is the usual amount.
const MIN_REPORTS: usize = 2;
/// Amounts below a fifth of the usual ones, or above five times, are unusual.
const FACTOR: i64 = 5;

hoicho_core::text_enum! {
    /// Why an amount is implausible.
    AmountWarning {
        /// Far below the usual sales.
        UnusuallyLow,
        /// Far above the usual sales.
        UnusuallyHigh,
    }
}

/// The median of amounts; of two in the middle their mean, rounded down.
fn median(amounts: &[i64]) -> Option<i64> {
    let mut sorted = amounts.to_vec();
    sorted.sort_unstable();
    let (low, high) = (sorted.len().checked_sub(1)? / 2, sorted.len() / 2);
    let (low, high) = (sorted.get(low)?, sorted.get(high)?);
    Some(low + (high - low) / 2)
}

/// The usual amounts of a booth, by its earlier reports in the edition. `None` if nothing is known.
fn usual(earlier: &[i64], currency: &str) -> Option<RangeInclusive<i64>> {
    let own = if earlier.len() < MIN_REPORTS { None } else { median(earlier).filter(|median| *median > 0) };
    match own {
        Some(median) => Some(median..=median),
        None => (currency == "VND").then_some(USUAL_SALES),
    }
}

/// Warning and its text, with the amount in words, for an unusual amount of one booth and day; `earlier` are the amounts of the
/// booth's earlier reports in the edition. Nil reports give none.
pub fn warning(amount: i64, earlier: &[i64], currency: &str) -> Option<(AmountWarning, LocalizedText)> {
    let usual = usual(earlier, currency)?;
    let code = if amount == 0 {
        return None;
    } else if amount < usual.start() / FACTOR {
        AmountWarning::UnusuallyLow
    } else if amount > usual.end().saturating_mul(FACTOR) {
        AmountWarning::UnusuallyHigh
    } else {
        return None;
    };
    let money = |amount: i64| {
        let shown = |language| format::money(language, amount, currency);
        LocalizedText::verbatim(shown(Language::Vi), shown(Language::En))
    };
    let range = |language| match (*usual.start(), *usual.end()) {
        (low, high) if low == high => format::money(language, low, currency),
        (low, high) => {
            format!("{} – {}", format::money(language, low, currency), format::money(language, high, currency))
        }
    };
    let text = MessageId("error-amount-unusual")
        .with_args(&[])
        .with_text("amount", money(amount))
        .with_text("words", LocalizedText::verbatim(in_vietnamese(amount), in_english(amount)))
        .with_text("usual", LocalizedText::verbatim(range(Language::Vi), range(Language::En)));
    Some((code, text.localize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_far_outside_the_usual_range_are_unusual() {
        let code = |amount| warning(amount, &[], "VND").map(|w| w.0);
        assert_eq!(code(999_999), Some(AmountWarning::UnusuallyLow));
        assert_eq!(code(85_000_001), Some(AmountWarning::UnusuallyHigh));
        assert_eq!((code(0), code(1_000_000), code(85_000_000)), (None, None, None));
        assert_eq!(warning(7_500, &[], "EUR"), None);
    }

    #[test]
    fn two_earlier_reports_of_the_booth_say_what_is_usual() {
        let code = |amount, earlier: &[i64]| warning(amount, earlier, "VND").map(|w| w.0);
        assert_eq!(code(600_000, &[500_000, 700_000]), None);
        assert_eq!(code(119_999, &[500_000, 700_000]), Some(AmountWarning::UnusuallyLow));
        assert_eq!(code(3_000_001, &[500_000, 700_000]), Some(AmountWarning::UnusuallyHigh));
        assert_eq!(code(600_000, &[500_000]), Some(AmountWarning::UnusuallyLow), "one report is too few");
        assert_eq!(code(10_000_000, &[0, 0]), None, "nil reports say nothing");
    }

    #[test]
    fn text_has_the_amount_in_words() {
        let (_, text) = warning(155, &[], "VND").unwrap();
        assert!(text.vi.contains("một trăm năm mươi lăm") && text.en.contains("one hundred fifty five"), "{text:?}");
    }
}
