//! Fuzz targets of `hoicho-spreadsheet`. Like all parsers here they are run by libFuzzer and, with the corpora and random changes of
//! them, by the ordinary tests (`tests/fuzzed`).
use chrono::NaiveDate;
use hoicho_spreadsheet::{Cell, MAX_ROWS, parse};

/// A CSV or XLSX file.
pub fn table(bytes: &[u8]) {
    let Ok(sheets) = parse(bytes) else { return };
    for sheet in sheets {
        assert!(sheet.rows.len() <= MAX_ROWS);
        assert!(sheet.rows.iter().flatten().all(|cell| !cell.text().contains('\0')));
    }
}

/// A cell, as an amount, an area and a day.
pub fn cell(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let days: Vec<NaiveDate> = (1..=5).filter_map(|day| NaiveDate::from_ymd_opt(2017, 9, day)).collect();
    for cell in [Cell::Text(text.to_owned()), Cell::Number(text.to_owned())] {
        for power in [0, 3, 6, 9] {
            let _ = (cell.parse_amount(power), cell.parse_rounded(power));
        }
        let reparsed = Cell::Text(cell.text());
        assert_eq!(reparsed.text(), cell.text(), "the text of a cell stays the same");
        if let Some(day) = cell.parse_day(&days) {
            assert_eq!(Cell::Text(day.format("%d/%m/%Y").to_string()).parse_day(&[]), Some(day));
        }
    }
}
