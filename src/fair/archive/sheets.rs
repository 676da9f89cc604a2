//! The workbook: a sheet for each kind of record.
use std::collections::BTreeMap;

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use serde_json::{Map, Value};

use super::record::Record;
use hoicho_web::http::{Code, Problem, export::defused};

/// Rows a sheet can hold under its titles.
const MOST_ROWS: u32 = 1_048_575;

fn failed(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "a workbook could not be written");
    Code::Internal.into()
}

/// A workbook that is being written; rows leave the memory as they come.
pub(super) struct Sheets {
    book: Workbook,
    /// Which sheet a kind of record is on, and how many rows it has.
    at: BTreeMap<String, (usize, u32)>,
}

fn write(sheet: &mut Worksheet, line: u32, row: &Map<String, Value>) -> Result<(), XlsxError> {
    for (column, value) in (0_u16..).zip(row.iter().filter(|(name, _)| *name != "record").map(|(_, value)| value)) {
        match value {
            Value::Null => continue,
            Value::Bool(said) => sheet.write(line, column, *said)?,
            Value::Number(number) => match number.as_i64().and_then(|n| i32::try_from(n).ok()) {
                Some(small) => sheet.write(line, column, small)?,
                // Sums of money: whole numbers up to 2^53 are exact in a spreadsheet.
                None => sheet.write(line, column, number.as_f64().unwrap_or_default())?,
            },
            Value::String(text) => sheet.write(line, column, defused(text))?,
            Value::Array(_) | Value::Object(_) => sheet.write(line, column, value.to_string())?,
        };
    }
    Ok(())
}

impl Sheets {
    pub(super) fn new() -> Self {
        Self { book: Workbook::new(), at: BTreeMap::new() }
    }

    /// Adds a record to its sheet.
    pub(super) fn put(&mut self, record: &Record) -> Result<(), Problem> {
        let value = serde_json::to_value(record).map_err(|e| failed(&e))?;
        let Value::Object(row) = value else { return Err(Code::Internal.into()) };
        let kind = row.get("record").and_then(Value::as_str).unwrap_or_default().to_owned();
        let (at, line) = match self.at.get(&kind) {
            Some((at, line)) => (*at, *line + 1),
            None => {
                let at = self.at.len();
                let bold = Format::new().set_bold();
                let sheet = self.book.add_worksheet_with_constant_memory().map_err(|e| failed(&e))?;
                sheet.set_name(&kind).map_err(|e| failed(&e))?;
                sheet.set_freeze_panes(1, 0).map_err(|e| failed(&e))?;
                for (column, name) in (0_u16..).zip(row.keys().filter(|name| *name != "record")) {
                    sheet.write_with_format(0, column, name, &bold).map_err(|e| failed(&e))?;
                }
                (at, 1)
            }
        };
        if line > MOST_ROWS {
            return Err(failed(&"more rows than a sheet can hold"));
        }
        self.at.insert(kind, (at, line));
        let sheet = self.book.worksheet_from_index(at).map_err(|e| failed(&e))?;
        write(sheet, line, &row).map_err(|e| failed(&e))
    }

    /// Writes the file.
    pub(super) fn save(mut self, file: &std::path::Path) -> Result<(), Problem> {
        self.book.save(file).map_err(|e| failed(&e))
    }
}
