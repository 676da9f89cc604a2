//! Parsers for what people type: numbers with units, dates, hours, yes and no. Forms, the sales sheet, imports and the command
//! line use the same ones. A text is understood completely or refused; a text with two readings is refused with both, so that
//! the caller can ask. All arithmetic is on integers, and an overflow is an error.
mod day;
mod hour;
mod lexer;
mod number;
mod numeral;
mod unit;
mod words;
mod yes_no;

pub use day::{DayContext, DayError, parse_day, parse_expiry, parse_serial_day};
pub use hour::{HourError, Hours, parse_hours};
pub use number::{NumberContext, ParseError, column_decimal_mark, parse_decimal_number, parse_number};
pub use numeral::DecimalMark;
pub use unit::{Currency, Quantity, Unit, parse_title_unit};
pub use words::{in_english, in_vietnamese};
pub use yes_no::{NotYesOrNo, parse_yes_no};

#[cfg(test)]
mod tests;
