//! Cells of tables for download.
use hoicho_core::values::clock::Day;

/// A cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// No value.
    Empty,
    /// Text.
    Text(&'a str),
    /// A count.
    Integer(i64),
    /// An amount in minor units, and the decimal places of its currency.
    Money(i64, u32),
    /// A quantity in thousandths.
    Thousandths(i64),
    /// An area in square decimetres, written in m².
    Area(i64),
    /// A ratio in ten-thousandths.
    Ratio(i64),
    /// A calendar day.
    Day(Day),
    /// Yes or no, and the word for it in the reader's language.
    YesNo(bool, &'a str),
}

/// Formats `number * 10^-digits` with a decimal point.
fn format_fixed(number: i64, digits: u32) -> String {
    let Some(unit) = 10_u64.checked_pow(digits).filter(|unit| *unit > 1) else { return number.to_string() };
    let (whole, rest) = (number.unsigned_abs() / unit, number.unsigned_abs() % unit);
    let sign = if number < 0 { "-" } else { "" };
    let width = usize::try_from(digits).unwrap_or(0);
    format!("{sign}{whole}.{rest:0width$}")
}

/// The same without trailing zeros: 1500 thousandths are `1.5`.
fn format_trimmed(number: i64, digits: u32) -> String {
    let fixed = format_fixed(number, digits);
    if digits == 0 { fixed } else { fixed.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

impl Cell<'_> {
    /// The number with a decimal point; `None` for other cells. Amounts keep the decimal places of their currency.
    pub fn number(&self) -> Option<String> {
        match *self {
            Cell::Integer(number) => Some(number.to_string()),
            Cell::Money(minor, digits) => Some(format_fixed(minor, digits)),
            Cell::Thousandths(number) => Some(format_trimmed(number, 3)),
            Cell::Area(dm2) => Some(format_trimmed(dm2, 2)),
            Cell::Ratio(number) => Some(format_trimmed(number, 4)),
            Cell::Empty | Cell::Text(_) | Cell::Day(_) | Cell::YesNo(..) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_decimal_point_and_no_trailing_zeros() {
        let formatted = [0, 1, 20, 1_500, 2_000, -1_250, 1_000_000_000_000].map(|n| format_trimmed(n, 3));
        assert_eq!(formatted, ["0", "0.001", "0.02", "1.5", "2", "-1.25", "1000000000"]);
        let numbers =
            [Cell::Money(1_250, 2), Cell::Money(-5, 2), Cell::Money(100, 0), Cell::Area(900), Cell::Integer(10)];
        assert_eq!(numbers.map(|cell| cell.number().unwrap()), ["12.50", "-0.05", "100", "9", "10"]);
    }
}
