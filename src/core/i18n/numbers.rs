//! Numbers, money and dates as people write them: 9.557,6 triệu đồng and 28/04/2018; 9,557.6 million VND and 28 Apr 2018.
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDateTime, NaiveTime};
use icu_decimal::{DecimalFormatter, input::Decimal};
use icu_locale_core::{Locale, locale};

use super::Language;
use crate::values::clock::Day;

fn formatter(locale: Locale) -> Option<DecimalFormatter> {
    let made = DecimalFormatter::try_new(locale.into(), Default::default());
    made.inspect_err(|error| tracing::error!(%error, "numbers cannot be grouped")).ok()
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

/// `9.557`; `9,557`.
pub fn integer(language: Language, number: i64) -> String {
    decimal(language, &Decimal::from(number))
}

/// `number` is in units of ten to the minus `digits`; zeros at the end are left out.
pub fn fraction(language: Language, number: i64, digits: i16) -> String {
    let mut number = Decimal::from(number);
    number.multiply_pow10(-digits);
    number.absolute.trim_end();
    decimal(language, &number)
}

/// Digits after the point of a currency's major unit.
fn minor_digits(currency: &str) -> i16 {
    match currency {
        "VND" | "JPY" | "KRW" | "LAK" => 0,
        _ => 2,
    }
}

/// `8.500.000 đ`; other currencies by their code.
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

/// Large sums as they are spoken of: `9.557,6 triệu đồng`, `15,6 tỷ đồng`; as they are below a million.
pub fn spoken(language: Language, amount: i64, currency: &str) -> String {
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
    // One digit after the point is what a newspaper prints; more of them if it would not be the figure otherwise.
    let mut rounded = number.clone();
    rounded.round(-2);
    rounded.absolute.trim_end();
    let number = decimal(language, &rounded);
    match language {
        Language::Vi => format!("{number} {vi}"),
        Language::En => format!("{number} {en}"),
    }
}

/// Hundredths of a percent: `97,25 %`.
pub fn percent(language: Language, basis_points: i64) -> String {
    format!("{} %", fraction(language, basis_points, 2))
}

/// `28/04/2018`; `28 Apr 2018`.
pub fn date(language: Language, day: Day) -> String {
    match language {
        Language::Vi => day.format("%d/%m/%Y").to_string(),
        Language::En => day.format("%-d %b %Y").to_string(),
    }
}

/// With the day of the week: `T7 28/04`; `Sat 28 Apr`.
pub fn short_date(language: Language, day: Day) -> String {
    match language {
        Language::Vi => {
            let of_week = match day.weekday() {
                chrono::Weekday::Sun => "CN".to_owned(),
                weekday => format!("T{}", weekday.number_from_monday() + 1),
            };
            format!("{of_week} {}", day.format("%d/%m"))
        }
        Language::En => day.format("%a %-d %b").to_string(),
    }
}

/// `1–5/9/2017` is hard to read aloud; this is `01/09/2017 – 05/09/2017`, or one day.
pub fn dates(language: Language, first: Day, last: Day) -> String {
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

/// `08:00`.
pub fn time(at: NaiveTime) -> String {
    at.format("%H:%M").to_string()
}

/// `17:45 28/04/2018`; `28 Apr 2018 17:45`.
pub fn moment(language: Language, at: NaiveDateTime) -> String {
    match language {
        Language::Vi => at.format("%H:%M %d/%m/%Y").to_string(),
        Language::En => at.format("%-d %b %Y %H:%M").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_each_language_writes_them() {
        assert_eq!(integer(Language::Vi, 108_000), "108.000");
        assert_eq!(integer(Language::En, 108_000), "108,000");
        assert_eq!(money(Language::Vi, 8_500_000, "VND"), "8.500.000 đ");
        assert_eq!(money(Language::En, 1_250, "USD"), "12.50 USD");
        assert_eq!(percent(Language::Vi, 4_055), "40,55 %");
    }

    #[test]
    fn large_sums_are_written_as_they_are_spoken_of() {
        assert_eq!(spoken(Language::Vi, 9_557_600_000, "VND"), "9.557,6 triệu đồng");
        assert_eq!(spoken(Language::Vi, 15_594_950_000, "VND"), "15.594,95 triệu đồng");
        assert_eq!(spoken(Language::Vi, 1_000_000_000_000, "VND"), "1.000 tỷ đồng");
        assert_eq!(spoken(Language::En, 9_557_600_000, "VND"), "9,557.6 million VND");
        assert_eq!(spoken(Language::Vi, 999_999, "VND"), "999.999 đ");
    }

    #[test]
    fn dates_are_day_month_year() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(date(Language::Vi, day("2018-04-28")), "28/04/2018");
        assert_eq!(dates(Language::Vi, day("2018-04-28"), day("2018-05-02")), "28/04 – 02/05/2018");
        assert_eq!(dates(Language::En, day("2017-12-30"), day("2018-01-02")), "30 Dec 2017 – 2 Jan 2018");
        assert_eq!(short_date(Language::Vi, day("2018-04-29")), "CN 29/04");
    }
}
