//! Fuzz targets of `hoicho-spreadsheet`. Like all parsers here they are run by libFuzzer and, with the corpora and random changes of
//! them, by the ordinary tests (`tests/fuzzed`).
use chrono::NaiveDate;
use hoicho_spreadsheet::{
    Cell, MAX_ROWS,
    parse::{
        Currency, DayContext, NumberContext, ParseError, Quantity, Unit, parse_day, parse_expiry, parse_hours,
        parse_number, parse_title_unit, parse_yes_no,
    },
    read_sheets,
};

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// A CSV or XLSX file.
pub fn table(bytes: &[u8]) {
    let Ok(sheets) = read_sheets(bytes) else { return };
    for sheet in sheets {
        assert!(sheet.rows.len() <= MAX_ROWS && sheet.hidden_rows.iter().all(|row| *row < MAX_ROWS));
        assert!(sheet.rows.iter().flatten().all(|cell| !cell.text().contains('\0')));
    }
}

/// A number, as every quantity and below every title.
pub fn number(bytes: &[u8]) {
    let typed = text(bytes);
    for quantity in [Quantity::Money(Currency::VND), Quantity::Count, Quantity::Area] {
        let _ = parse_title_unit(typed, quantity);
        for title_unit in [None, Some(Unit::Scale(3)), Some(Unit::Scale(9)), Some(Unit::SquareDecimetre)] {
            match parse_number(typed, quantity, NumberContext { title_unit, decimal_mark: None }) {
                Ok(value) => {
                    // What is shown under the field is read as the same number.
                    let digits = value.to_string();
                    assert_eq!(parse_number(&digits, Quantity::Count, NumberContext::default()), Ok(value), "{typed}");
                }
                Err(ParseError::Ambiguous(readings)) => assert!(!readings.is_empty(), "{typed}"),
                Err(_) => {}
            }
        }
    }
    for cell in [Cell::Text(typed.to_owned()), Cell::Number(typed.to_owned())] {
        let _ = cell.parse_number(Quantity::Count, NumberContext::default());
        let reparsed = Cell::Text(cell.text());
        assert_eq!(reparsed.text(), cell.text(), "the text of a cell stays the same");
    }
}

/// A date, alone and among opening days.
pub fn day(bytes: &[u8]) {
    let typed = text(bytes);
    let days: Vec<NaiveDate> = (1..=5).filter_map(|day| NaiveDate::from_ymd_opt(2017, 9, day)).collect();
    for opening_days in [&[], days.as_slice()] {
        let context = DayContext { opening_days, counts_from_1904: false };
        for day in [parse_day(typed, context), parse_expiry(typed, context)].into_iter().flatten() {
            assert_eq!(parse_day(&day.format("%d/%m/%Y").to_string(), DayContext::default()), Ok(day), "{typed}");
        }
    }
}

/// A time of day, or a range of hours.
pub fn hours(bytes: &[u8]) {
    if let Ok(hours) = parse_hours(text(bytes)) {
        assert!(hours.start < 1_440 && hours.end.is_none_or(|end| hours.start < end && end <= 1_440));
    }
}

/// Yes or no.
pub fn yes_no(bytes: &[u8]) {
    let typed = text(bytes);
    if let Ok(answer) = parse_yes_no(typed) {
        assert_eq!(parse_yes_no(&format!(" {typed} ")), Ok(answer));
    }
}
