//! A cell of a sheet. Its value is parsed by `parse`; numbers and dates of workbooks need no guessing.
use chrono::Datelike;
use serde::{Deserialize, Serialize};

use crate::parse::{
    DayContext, DayError, HourError, Hours, NotYesOrNo, NumberContext, ParseError, Quantity, parse_day,
    parse_decimal_number, parse_expiry, parse_hours, parse_number, parse_serial_day, parse_yes_no,
};

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
    /// Date and time in minutes since midnight.
    Moment(Day, u32),
    /// Time of day in minutes since midnight.
    Time(u32),
    /// Error value such as `#N/A`.
    Error(String),
    /// Formula whose result the file does not have.
    Formula,
}

fn is_plausible(day: Day) -> bool {
    (1990..=2099).contains(&day.year())
}

impl Cell {
    /// Whether the cell is empty or blank.
    pub fn is_empty(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.trim().is_empty(),
            Cell::Number(_) | Cell::Day(_) | Cell::Moment(..) | Cell::Time(_) | Cell::Error(_) | Cell::Formula => false,
        }
    }

    /// Whether the cell has no value because of an error in the workbook.
    pub fn is_error(&self) -> bool {
        match self {
            Cell::Error(_) | Cell::Formula => true,
            Cell::Empty | Cell::Text(_) | Cell::Number(_) | Cell::Day(_) | Cell::Moment(..) | Cell::Time(_) => false,
        }
    }

    /// Whether the cell is a dash, which spreadsheets show for zero.
    pub fn is_dash(&self) -> bool {
        matches!(self.text().as_str(), "-" | "–" | "—")
    }

    /// Display text.
    pub fn text(&self) -> String {
        let time = |minutes: &u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) | Cell::Number(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Cell::Day(day) => day.format("%d/%m/%Y").to_string(),
            Cell::Moment(day, minutes) => format!("{} {}", day.format("%d/%m/%Y"), time(minutes)),
            Cell::Time(minutes) => time(minutes),
            Cell::Error(error) => error.clone(),
            Cell::Formula => "=".to_owned(),
        }
    }

    /// Parses a number into the unit of the quantity.
    pub fn parse_number(&self, quantity: Quantity, context: NumberContext) -> Result<i64, ParseError> {
        match self {
            Cell::Empty => Err(ParseError::Empty),
            Cell::Number(number) => parse_decimal_number(number, quantity, context.title_unit),
            Cell::Text(text) => parse_number(text, quantity, context),
            Cell::Day(_) | Cell::Moment(..) | Cell::Time(_) | Cell::Error(_) | Cell::Formula => {
                Err(ParseError::NotANumber)
            }
        }
    }

    /// The date of a cell that needs no parsing of text.
    fn stored_day(&self, context: DayContext<'_>) -> Result<Day, DayError> {
        let day = match self {
            Cell::Empty => return Err(DayError::Empty),
            Cell::Day(day) | Cell::Moment(day, _) => Some(*day),
            Cell::Number(number) => parse_serial_day(number, context.counts_from_1904),
            Cell::Text(_) | Cell::Time(_) | Cell::Error(_) | Cell::Formula => None,
        };
        day.filter(|day| is_plausible(*day)).ok_or(DayError::NotADay)
    }

    /// Parses a date: a date cell, a serial number, or text as [`parse_day`] reads it.
    pub fn parse_day(&self, context: DayContext<'_>) -> Result<Day, DayError> {
        match self {
            Cell::Text(text) => parse_day(text, context),
            other => other.stored_day(context),
        }
    }

    /// Parses the last day of validity: as [`Self::parse_day`], and months.
    pub fn parse_expiry(&self, context: DayContext<'_>) -> Result<Day, DayError> {
        match self {
            Cell::Text(text) => parse_expiry(text, context),
            other => other.stored_day(context),
        }
    }

    /// Parses a time of day or a range of hours.
    pub fn parse_hours(&self) -> Result<Hours, HourError> {
        match self {
            Cell::Empty => Err(HourError::Empty),
            Cell::Moment(_, start) | Cell::Time(start) => Ok(Hours { start: *start, end: None }),
            Cell::Text(text) | Cell::Number(text) => parse_hours(text),
            Cell::Day(_) | Cell::Error(_) | Cell::Formula => Err(HourError::NotAnHour),
        }
    }

    /// Parses yes or no.
    pub fn parse_yes_no(&self) -> Result<bool, NotYesOrNo> {
        parse_yes_no(&self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{Currency, Unit};

    #[test]
    fn numbers_of_workbooks_have_one_reading() {
        let millions = NumberContext { title_unit: Some(Unit::Scale(6)), decimal_mark: None };
        let amount =
            |number: &str| Cell::Number(number.to_owned()).parse_number(Quantity::Money(Currency::VND), millions);
        assert_eq!(amount("7.125"), Ok(7_125_000));
        assert_eq!(amount("-7.125"), Ok(-7_125_000));
        assert_eq!(amount("15500000"), Err(ParseError::NumberAndUnitDisagree));
        assert_eq!(amount("0.0000001"), Err(ParseError::NotWhole));
    }

    #[test]
    fn serial_numbers_count_from_the_epoch_of_the_workbook() {
        let day = |number: &str, counts_from_1904| {
            Cell::Number(number.to_owned()).parse_day(DayContext { opening_days: &[], counts_from_1904 })
        };
        let expected = Day::from_ymd_opt(2028, 6, 30).unwrap();
        assert_eq!(day("46934", false), Ok(expected));
        assert_eq!(day("45472", true), Ok(expected));
        assert_eq!(day("1250000", false), Err(DayError::NotADay));
        assert_eq!(
            Cell::Day(Day::from_ymd_opt(1899, 12, 31).unwrap()).parse_day(DayContext::default()),
            Err(DayError::NotADay)
        );
    }

    #[test]
    fn cells_without_a_value_are_not_empty() {
        for cell in [Cell::Error("#N/A".to_owned()), Cell::Formula] {
            assert!(!cell.is_empty() && cell.is_error());
            assert!(cell.parse_number(Quantity::Count, NumberContext::default()).is_err());
            assert!(cell.parse_day(DayContext::default()).is_err() && cell.parse_hours().is_err());
        }
    }
}
