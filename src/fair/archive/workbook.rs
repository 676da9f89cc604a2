//! Writes records to an XLSX workbook, one sheet per record type.
use std::collections::BTreeMap;

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use serde_json::{Map, Value};

use super::record::Record;
use hoicho_web::http::{
    Code, Problem,
    spreadsheet::{MAX_SHEET_ROWS, escape_formula},
};

fn write_error(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "failed to write workbook");
    Code::Internal.into()
}

/// Workbook writer in constant-memory mode: rows are flushed to a temporary file.
pub(super) struct RecordWorkbook {
    book: Workbook,
    /// Sheet index and number of rows by record type.
    sheets: BTreeMap<String, (usize, u32)>,
}

fn write(sheet: &mut Worksheet, line: u32, row: &Map<String, Value>) -> Result<(), XlsxError> {
    for (column, value) in (0_u16..).zip(row.iter().filter(|(name, _)| *name != "record").map(|(_, value)| value)) {
        match value {
            Value::Null => continue,
            Value::Bool(value) => sheet.write(line, column, *value)?,
            Value::Number(number) => match number.as_i64().and_then(|n| i32::try_from(n).ok()) {
                Some(small) => sheet.write(line, column, small)?,
                // Amounts: integers up to 2^53 are exact as f64.
                None => sheet.write(line, column, number.as_f64().unwrap_or_default())?,
            },
            Value::String(text) => sheet.write(line, column, escape_formula(text))?,
            Value::Array(_) | Value::Object(_) => sheet.write(line, column, value.to_string())?,
        };
    }
    Ok(())
}

impl RecordWorkbook {
    pub(super) fn new() -> Self {
        Self { book: Workbook::new(), sheets: BTreeMap::new() }
    }

    /// Appends a record to its sheet; creates the sheet with a header on the first record.
    pub(super) fn append(&mut self, record: &Record) -> Result<(), Problem> {
        let value = serde_json::to_value(record).map_err(|e| write_error(&e))?;
        let Value::Object(row) = value else { return Err(Code::Internal.into()) };
        let kind = row.get("record").and_then(Value::as_str).unwrap_or_default().to_owned();
        let (index, line) = match self.sheets.get(&kind) {
            Some((index, line)) => (*index, *line + 1),
            None => {
                let index = self.sheets.len();
                let bold = Format::new().set_bold();
                let sheet = self.book.add_worksheet_with_constant_memory().map_err(|e| write_error(&e))?;
                sheet.set_name(&kind).map_err(|e| write_error(&e))?;
                sheet.set_freeze_panes(1, 0).map_err(|e| write_error(&e))?;
                for (column, name) in (0_u16..).zip(row.keys().filter(|name| *name != "record")) {
                    sheet.write_with_format(0, column, name, &bold).map_err(|e| write_error(&e))?;
                }
                (index, 1)
            }
        };
        if line > MAX_SHEET_ROWS {
            return Err(write_error(&"more rows than a sheet can hold"));
        }
        self.sheets.insert(kind, (index, line));
        let sheet = self.book.worksheet_from_index(index).map_err(|e| write_error(&e))?;
        write(sheet, line, &row).map_err(|e| write_error(&e))
    }

    /// Saves the workbook to a file.
    pub(super) fn save(mut self, file: &std::path::Path) -> Result<(), Problem> {
        self.book.save(file).map_err(|e| write_error(&e))
    }
}
