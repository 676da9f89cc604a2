//! Cells of streamed tables.
use hoicho_core::values::clock::Day;

/// A cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// No value.
    Empty,
    /// Text.
    Text(&'a str),
    /// A count or an amount in minor units.
    Integer(i64),
    /// A quantity in thousandths.
    Thousandths(i64),
    /// A calendar day.
    Day(Day),
    /// Boolean.
    Bool(bool),
}

/// Formats thousandths as a decimal without trailing zeros: 1500 is `1.5`.
pub(super) fn format_thousandths(thousandths: i64) -> String {
    let (whole, rest) = (thousandths.unsigned_abs() / 1_000, thousandths.unsigned_abs() % 1_000);
    let sign = if thousandths < 0 { "-" } else { "" };
    match rest {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{rest:03}").trim_end_matches('0').to_owned(),
    }
}
