//! Messages for what the parsers refuse.
use super::quantity::show;
use hoicho_core::{
    i18n::{Language, LocalizedText, MessageId, format},
    values::clock::Day,
};
use hoicho_spreadsheet::{
    Cell,
    parse::{DayError, HourError, ParseError, Quantity},
};

fn shown(quantity: Quantity, value: i64) -> LocalizedText {
    let text = |language| show(quantity, value, language);
    LocalizedText::verbatim(text(Language::Vi), text(Language::En))
}

fn shown_day(day: Day) -> LocalizedText {
    let text = |language| format::date(language, day);
    LocalizedText::verbatim(text(Language::Vi), text(Language::En))
}

/// What is wrong with a number.
pub fn number_error(error: &ParseError, quantity: Quantity) -> LocalizedText {
    match error {
        ParseError::Empty | ParseError::NotANumber => MessageId("error-number-invalid").into(),
        ParseError::Ambiguous(readings) => match readings.as_slice() {
            [first, second, ..] => MessageId("error-number-ambiguous")
                .with_args(&[])
                .with_text("first", shown(quantity, *first))
                .with_text("second", shown(quantity, *second))
                .into(),
            [_] | [] => MessageId("error-number-invalid").into(),
        },
        ParseError::UnknownUnit(text) => MessageId("error-number-unknown-unit").with_args(&[("text", text)]).into(),
        ParseError::OtherCurrency => MessageId("error-number-other-currency").into(),
        ParseError::UnknownTitleUnit => MessageId("error-number-unknown-title-unit").into(),
        ParseError::Calculation => MessageId("error-number-calculation").into(),
        ParseError::WordsDiffer { words, figures } => MessageId("error-number-words-differ")
            .with_args(&[])
            .with_text("words", shown(quantity, *words))
            .with_text("figures", shown(quantity, *figures))
            .into(),
        ParseError::NotWhole => MessageId("error-number-not-whole").into(),
        ParseError::NumberAndUnitDisagree => MessageId("error-number-unit-mismatch").into(),
        ParseError::TooLarge => MessageId("error-number-too-large").into(),
    }
}

/// What is wrong with a date.
pub fn day_error(error: &DayError) -> LocalizedText {
    match error {
        DayError::Empty | DayError::NotADay => MessageId("error-date-invalid").into(),
        DayError::NoSuchDay => MessageId("error-date-no-such-day").into(),
        DayError::YearMissing => MessageId("error-date-year-missing").into(),
        DayError::WeekdayDiffers(day) => {
            MessageId("error-date-weekday-differs").with_args(&[]).with_text("day", shown_day(*day)).into()
        }
        DayError::PositionDiffers(day) => {
            MessageId("error-date-position-differs").with_args(&[]).with_text("day", shown_day(*day)).into()
        }
        DayError::Ambiguous(readings) => match readings.as_slice() {
            [first, second, ..] => MessageId("error-date-ambiguous")
                .with_args(&[])
                .with_text("first", shown_day(*first))
                .with_text("second", shown_day(*second))
                .into(),
            [_] | [] => MessageId("error-date-invalid").into(),
        },
    }
}

/// What is wrong with a time of day.
pub fn hour_error(error: HourError) -> LocalizedText {
    match error {
        HourError::Empty | HourError::NotAnHour => MessageId("error-hours-invalid").into(),
        HourError::EndBeforeStart => MessageId("error-hours-order").into(),
    }
}

/// What is wrong with an answer that is neither yes nor no.
pub fn yes_no_error() -> LocalizedText {
    MessageId("error-yes-no-invalid").into()
}

/// What is wrong with a number of stars.
pub fn stars_error() -> LocalizedText {
    MessageId("error-stars-unclear").into()
}

/// What is wrong with a cell that has no value; `None` if it has one.
pub fn cell_error(cell: &Cell) -> Option<LocalizedText> {
    match cell {
        Cell::Error(text) => Some(MessageId("error-cell-without-value").with_args(&[("text", text)]).into()),
        Cell::Formula => Some(MessageId("error-cell-formula").into()),
        Cell::Empty | Cell::Text(_) | Cell::Number(_) | Cell::Day(_) | Cell::Moment(..) | Cell::Time(_) => None,
    }
}
