//! A cell of a sheet and parsers for its value: amounts with separators and units, dates as text or serial numbers, numbers
//! as text.
use chrono::{Datelike, Duration};
use serde::{Deserialize, Serialize};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

type Day = chrono::NaiveDate;

/// Value of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text as typed.
    Text(String),
    /// Number as decimal text with a point, because amounts are never floats.
    Number(String),
    /// Date.
    Day(Day),
    /// Date and hour.
    Moment(Day, u32),
}

/// Smallest accepted date serial: 1 January 1990.
const MIN_DATE_SERIAL: i64 = 32_874;
/// Largest accepted date serial: 31 December 2099.
const MAX_DATE_SERIAL: i64 = 73_050;

/// Parses a decimal into an unscaled value and its scale: `9.5` is (95, 1).
fn parse_decimal(text: &str) -> Option<(i128, u32)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let fits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !fits(whole) || !fits(part) || whole.len() + part.len() > 30 {
        return None;
    }
    let value: i128 = format!("{whole}{part}").parse().ok()?;
    Some((if negative { -value } else { value }, u32::try_from(part.len()).ok()?))
}

/// Normalises separators to a decimal point: `1.250.000`, `1,250,000`, `9.557,6`, `1 250 000`. In units of millions or more
/// `7,125` has a decimal comma (Vietnamese format); in smaller units đồng have no fraction, so the comma separates thousands.
fn normalise_number(text: &str, power: u32) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}' && *c != '\u{202f}').collect();
    let (dots, commas) = (text.matches('.').count(), text.matches(',').count());
    // Groups of three digits after each separator: a thousands separator.
    let grouped = |separator: char| {
        let mut groups = text.trim_start_matches('-').split(separator);
        groups.next().is_some_and(|first| (1..=3).contains(&first.len())) && groups.all(|group| group.len() == 3)
    };
    Some(match (dots, commas) {
        (_, 0) if grouped('.') => text.replace('.', ""),
        (0, n) if grouped(',') && (power < 6 || n > 1) => text.replace(',', ""),
        // Both separators: the last one is the decimal separator.
        _ if text.rfind('.') < text.rfind(',') => text.replace('.', "").replace(',', "."),
        _ => text.replace(',', ""),
    })
    // Reject a remaining duplicate separator.
    .filter(|number| parse_decimal(number).is_some())
}

/// Parses the unit of a number (tỷ, triệu, nghìn) as a power of ten.
pub fn parse_unit(text: &str) -> Option<u32> {
    let folded: String = text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect();
    // Split at non-letters, because the unit may follow the number without a space.
    let has = |words: &[&str]| folded.split(|c: char| !c.is_alphabetic()).any(|word| words.contains(&word));
    if has(&["ty"]) {
        Some(9)
    } else if has(&["trieu", "tr", "trd"]) {
        Some(6)
    } else if has(&["nghin", "ngan", "k"]) || folded.contains("1000d") {
        Some(3)
    } else {
        None
    }
}

impl Cell {
    /// Whether the cell is empty or blank.
    pub fn is_empty(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.trim().is_empty(),
            Cell::Number(_) | Cell::Day(_) | Cell::Moment(..) => false,
        }
    }

    /// Display text.
    pub fn text(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) | Cell::Number(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Cell::Day(day) | Cell::Moment(day, _) => day.format("%d/%m/%Y").to_string(),
        }
    }

    /// Parses an integer amount in units of `10^power`; `None` if it is invalid or not a whole number of đồng.
    pub fn parse_amount(&self, power: u32) -> Option<i64> {
        let (written, power) = match self {
            Cell::Number(number) => (number.clone(), power),
            Cell::Text(text) => {
                let own = parse_unit(text);
                let digits: String =
                    text.chars().filter(|c| !c.is_alphabetic() && !matches!(c, '₫' | '(' | ')')).collect();
                let power = own.unwrap_or(power);
                (normalise_number(digits.trim().trim_end_matches(['.', ',', '-', '/']), power)?, power)
            }
            Cell::Empty | Cell::Day(_) | Cell::Moment(..) => return None,
        };
        let (value, scale) = parse_decimal(&written)?;
        let value = value.checked_mul(10_i128.checked_pow(power)?)?;
        let divisor = 10_i128.checked_pow(scale)?;
        // Fractions of a đồng are typing errors.
        if value % divisor != 0 {
            return None;
        }
        i64::try_from(value / divisor).ok()
    }

    /// Parses a number times `10^power`, rounded. For areas, where exactness does not matter.
    pub fn parse_rounded(&self, power: u32) -> Option<i64> {
        let written = match self {
            Cell::Number(number) => number.clone(),
            Cell::Text(text) => {
                let digits: String =
                    text.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ')).collect();
                let point = digits.trim().replace(',', ".");
                if parse_decimal(&point).is_some() { point } else { normalise_number(digits.trim(), 0)? }
            }
            Cell::Empty | Cell::Day(_) | Cell::Moment(..) => return None,
        };
        let (value, scale) = parse_decimal(&written)?;
        let divisor = 10_i128.checked_pow(scale)?;
        i64::try_from((value.checked_mul(10_i128.checked_pow(power)?)? + divisor / 2) / divisor).ok()
    }

    /// Parses a date: a date cell, a serial number, `28/04/2018`, `28-4-18`, `2018-04-28`, `ngày 28 tháng 4`. Without a year
    /// it must match exactly one of `days`.
    pub fn parse_day(&self, days: &[Day]) -> Option<Day> {
        match self {
            Cell::Day(day) | Cell::Moment(day, _) => Some(*day),
            Cell::Number(number) => {
                let serial: i64 = number.split('.').next()?.parse().ok()?;
                if !(MIN_DATE_SERIAL..=MAX_DATE_SERIAL).contains(&serial) {
                    return None;
                }
                Day::from_ymd_opt(1899, 12, 30)?.checked_add_signed(Duration::days(serial))
            }
            Cell::Text(text) => parse_day(text, days),
            Cell::Empty => None,
        }
    }
}

fn parse_day(text: &str, days: &[Day]) -> Option<Day> {
    let numbers: Vec<u32> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map_while(|n| n.parse().ok())
        .collect();
    let full = |year: u32| i32::try_from(if year < 100 { year + 2_000 } else { year }).ok();
    match numbers.as_slice() {
        [year, month, day] if *year > 31 => Day::from_ymd_opt(full(*year)?, *month, *day),
        [day, month, year, ..] => Day::from_ymd_opt(full(*year)?, *month, *day),
        [day, month] => {
            let mut fitting = days.iter().filter(|d| d.day() == *day && d.month() == *month);
            fitting.next().copied().filter(|_| fitting.next().is_none())
        }
        [serial] if text.trim().len() == 5 => Cell::Number(serial.to_string()).parse_day(days),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(written: &str) -> Cell {
        Cell::Text(written.to_owned())
    }

    #[test]
    fn amount_formats_are_parsed() {
        for (written, amount) in [
            ("1250000", Some(1_250_000)),
            ("1.250.000", Some(1_250_000)),
            ("1,250,000", Some(1_250_000)),
            ("1 250 000", Some(1_250_000)),
            ("1.250.000đ", Some(1_250_000)),
            ("1.250.000 VNĐ", Some(1_250_000)),
            ("12,5 triệu", Some(12_500_000)),
            ("7,125 triệu", Some(7_125_000)),
            ("1,250 nghìn", Some(1_250_000)),
            ("9.557,6 triệu đồng", Some(9_557_600_000)),
            ("15,6 tỷ", Some(15_600_000_000)),
            ("850 nghìn", Some(850_000)),
            ("850k", Some(850_000)),
            ("0", Some(0)),
            ("-5", Some(-5)),
            ("12,5", None),
            ("không", None),
            ("", None),
            ("1.2.3.4", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(text(written).parse_amount(0), amount, "{written}");
        }
        assert_eq!(Cell::Number("12.5".to_owned()).parse_amount(6), Some(12_500_000));
        assert_eq!(Cell::Number("12.5".to_owned()).parse_amount(0), None, "half a đồng");
        assert_eq!(text("9,5").parse_rounded(2), Some(950));
        assert_eq!(text("9 m2").parse_rounded(2), Some(900));
    }

    #[test]
    fn date_formats_and_serials_are_parsed() {
        let day = |d, m, y| Day::from_ymd_opt(y, m, d);
        let fair = [day(28, 4, 2018).unwrap(), day(1, 5, 2018).unwrap()];
        for (written, expected) in [
            ("28/04/2018", day(28, 4, 2018)),
            ("28/4/18", day(28, 4, 2018)),
            ("28-4-2018", day(28, 4, 2018)),
            ("28.04.2018", day(28, 4, 2018)),
            ("2018-04-28", day(28, 4, 2018)),
            ("Ngày 28 tháng 4 năm 2018", day(28, 4, 2018)),
            ("Ngày 1/5", day(1, 5, 2018)),
            ("2/5", None),
            ("43218", day(28, 4, 2018)),
            ("31/02/2018", None),
            ("thứ bảy", None),
        ] {
            assert_eq!(text(written).parse_day(&fair), expected, "{written}");
        }
        assert_eq!(Cell::Number("43218".to_owned()).parse_day(&fair), day(28, 4, 2018));
        assert_eq!(Cell::Number("1250000".to_owned()).parse_day(&fair), None);
    }

    proptest::proptest! {
        #[test]
        fn parsing_never_panics(written in ".{0,40}") {
            let cell = text(&written);
            let _ = (cell.parse_amount(6), cell.parse_rounded(2), cell.parse_day(&[]), cell.text());
        }

        #[test]
        fn formatted_integers_round_trip(amount in 0_i64..1_000_000_000_000) {
            let digits = amount.to_string();
            let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|g| std::str::from_utf8(g).unwrap()).collect();
            let dotted = groups.join(".");
            proptest::prop_assert_eq!(text(&dotted).parse_amount(0), Some(amount));
        }
    }
}
