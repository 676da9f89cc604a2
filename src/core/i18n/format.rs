//! Locale-specific formatting of numbers, money and dates: 9.557,6 triệu đồng and 28/04/2018 in Vietnamese, 9,557.6 million
//! VND and 28 Apr 2018 in English.
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDateTime, NaiveTime};
use icu_decimal::{DecimalFormatter, input::Decimal};
use icu_locale_core::{Locale, locale};

use super::Language;
use crate::values::clock::Day;

fn formatter(locale: Locale) -> Option<DecimalFormatter> {
    let formatter = DecimalFormatter::try_new(locale.into(), Default::default());
    formatter.inspect_err(|error| tracing::error!(%error, "failed to load the decimal formatter")).ok()
}
static VI: LazyLock<Option<DecimalFormatter>> = LazyLock::new(|| formatter(locale!("vi")));
static EN: LazyLock<Option<DecimalFormatter>> = LazyLock::new(|| formatter(locale!("en")));

fn decimal(language: Language, number: &Decimal) -> String {
    let formatter = match language {
        Language::Vi => VI.as_ref(),
        Language::En => EN.as_ref(),
    };
    formatter.map_or_else(|| number.to_string(), |f| f.format(number).to_string())
}

/// An integer with grouped thousands: `9.557`; `9,557`.
pub fn integer(language: Language, number: i64) -> String {
    decimal(language, &Decimal::from(number))
}

/// The decimal `number * 10^-digits`, without trailing zeros.
pub fn fraction(language: Language, number: i64, digits: i16) -> String {
    let mut number = Decimal::from(number);
    number.multiply_pow10(-digits);
    number.absolute.trim_end();
    decimal(language, &number)
}

/// Decimal places of the currency.
pub fn minor_digits(currency: &str) -> i16 {
    match currency {
        "VND" | "JPY" | "KRW" | "LAK" => 0,
        _ => 2,
    }
}

/// An amount in minor units with its currency: `8.500.000 đ`, or the ISO 4217 code.
pub fn money(language: Language, amount: i64, currency: &str) -> String {
    let digits = minor_digits(currency);
    let mut number = Decimal::from(amount);
    number.multiply_pow10(-digits);
    let number = decimal(language, &number);
    match (language, currency) {
        (Language::Vi, "VND") => format!("{number} đ"),
        _ => format!("{number} {currency}"),
    }
}

/// An amount in minor units without its currency, as a person types it into a field: `8.500.000`.
pub fn amount(language: Language, amount: i64, currency: &str) -> String {
    fraction(language, amount, minor_digits(currency))
}

/// An area in square decimetres as m² without the unit: `1.200,5`.
pub fn area(language: Language, dm2: i64) -> String {
    fraction(language, dm2, 2)
}

/// An area as [`area`], without grouped thousands, for fields: `1.200` m² typed alone would be ambiguous.
pub fn area_in_field(language: Language, dm2: i64) -> String {
    let mark = match language {
        Language::Vi => ',',
        Language::En => '.',
    };
    let (whole, fraction) = (dm2 / 100, (dm2 % 100).abs());
    match fraction {
        0 => whole.to_string(),
        _ if fraction % 10 == 0 => format!("{whole}{mark}{}", fraction / 10),
        _ => format!("{whole}{mark}{fraction:02}"),
    }
}

/// VND amounts in millions, from 100 billion in billions: `9.557,6 triệu đồng`. Amounts below a million and other
/// currencies are formatted in full.
pub fn rounded_money(language: Language, amount: i64, currency: &str) -> String {
    if currency != "VND" || amount.unsigned_abs() < 1_000_000 {
        return money(language, amount, currency);
    }
    let (unit, vi, en) = if amount.unsigned_abs() < 100_000_000_000 {
        (6, "triệu đồng", "million VND")
    } else {
        (9, "tỷ đồng", "billion VND")
    };
    let mut number = Decimal::from(amount);
    number.multiply_pow10(-unit);
    // Two decimal places at most; trailing zeros are dropped.
    let mut rounded = number.clone();
    rounded.round(-2);
    rounded.absolute.trim_end();
    let number = decimal(language, &rounded);
    match language {
        Language::Vi => format!("{number} {vi}"),
        Language::En => format!("{number} {en}"),
    }
}

/// A percentage from basis points: `97,25 %`.
pub fn percent(language: Language, basis_points: i64) -> String {
    format!("{} %", fraction(language, basis_points, 2))
}

/// A date: `28/04/2018`; `28 Apr 2018`.
pub fn date(language: Language, day: Day) -> String {
    match language {
        Language::Vi => day.format("%d/%m/%Y").to_string(),
        Language::En => day.format("%-d %b %Y").to_string(),
    }
}

/// A date with its weekday, without the year: `T7 28/04`; `Sat 28 Apr`.
pub fn short_date(language: Language, day: Day) -> String {
    match language {
        Language::Vi => {
            let weekday = match day.weekday() {
                chrono::Weekday::Sun => "CN".to_owned(),
                other => format!("T{}", other.number_from_monday() + 1),
            };
            format!("{weekday} {}", day.format("%d/%m"))
        }
        Language::En => day.format("%a %-d %b").to_string(),
    }
}

/// A date range: `01/09 – 05/09/2017` in one year, both years otherwise, or a single date if both are equal.
pub fn date_range(language: Language, first: Day, last: Day) -> String {
    if first == last {
        return date(language, first);
    }
    let same_year = first.year() == last.year();
    let from = match (language, same_year) {
        (Language::Vi, true) => first.format("%d/%m").to_string(),
        (Language::En, true) => first.format("%-d %b").to_string(),
        (_, false) => date(language, first),
    };
    format!("{from} – {}", date(language, last))
}

/// A time of day: `08:00`.
pub fn time(at: NaiveTime) -> String {
    at.format("%H:%M").to_string()
}

/// A date and time: `17:45 28/04/2018`; `28 Apr 2018 17:45`.
pub fn date_time(language: Language, at: NaiveDateTime) -> String {
    match language {
        Language::Vi => at.format("%H:%M %d/%m/%Y").to_string(),
        Language::En => at.format("%-d %b %Y %H:%M").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_use_the_separators_of_the_language() {
        assert_eq!(integer(Language::Vi, 108_000), "108.000");
        assert_eq!(integer(Language::En, 108_000), "108,000");
        assert_eq!(money(Language::Vi, 8_500_000, "VND"), "8.500.000 đ");
        assert_eq!(money(Language::En, 1_250, "USD"), "12.50 USD");
        assert_eq!(percent(Language::Vi, 4_055), "40,55 %");
    }

    #[test]
    fn large_vnd_amounts_are_in_millions_or_billions() {
        assert_eq!(rounded_money(Language::Vi, 9_557_600_000, "VND"), "9.557,6 triệu đồng");
        assert_eq!(rounded_money(Language::Vi, 15_594_950_000, "VND"), "15.594,95 triệu đồng");
        assert_eq!(rounded_money(Language::Vi, 1_000_000_000_000, "VND"), "1.000 tỷ đồng");
        assert_eq!(rounded_money(Language::En, 9_557_600_000, "VND"), "9,557.6 million VND");
        assert_eq!(rounded_money(Language::Vi, 999_999, "VND"), "999.999 đ");
    }

    #[test]
    fn dates_are_in_day_month_year_order() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(date(Language::Vi, day("2018-04-28")), "28/04/2018");
        assert_eq!(date_range(Language::Vi, day("2018-04-28"), day("2018-05-02")), "28/04 – 02/05/2018");
        assert_eq!(date_range(Language::En, day("2017-12-30"), day("2018-01-02")), "30 Dec 2017 – 2 Jan 2018");
        assert_eq!(short_date(Language::Vi, day("2018-04-29")), "CN 29/04");
    }
}
