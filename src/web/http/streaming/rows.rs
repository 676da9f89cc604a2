//! Row-by-row writer of CSV files and XLSX workbooks.
use std::io::{self, Write as _};

use serde::Deserialize;

use super::{ChunkWriter, workbook::WorkbookWriter};
use crate::http::export::escape_formula;
use hoicho_core::values::clock::Day;

/// File format of a streamed table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = FileFormat)]
pub enum Form {
    /// RFC 4180, UTF-8 with BOM so that Excel reads Vietnamese.
    #[default]
    Csv,
    /// A workbook with typed cells.
    Xlsx,
}

impl Form {
    /// The format for an `Accept` header: XLSX if requested, otherwise CSV.
    pub fn from_accept(header: &str) -> Self {
        if header.contains("spreadsheetml") { Self::Xlsx } else { Self::Csv }
    }

    /// File name extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// Media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

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

/// Writer of a table.
pub enum TableWriter {
    /// CSV.
    Csv(Box<csv::Writer<ChunkWriter>>),
    /// XLSX workbook.
    Xlsx(Box<WorkbookWriter<ChunkWriter>>),
}

impl TableWriter {
    /// Starts a table with columns of (machine-readable name, title): CSV headers use the name, workbook headers the title.
    pub fn begin(form: Form, name: &str, columns: &[(&str, String)], mut to: ChunkWriter) -> io::Result<Self> {
        match form {
            Form::Csv => {
                to.write_all(b"\xEF\xBB\xBF")?;
                let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
                writer.write_record(columns.iter().map(|(name, _)| name))?;
                Ok(Self::Csv(Box::new(writer)))
            }
            Form::Xlsx => {
                let titles = columns.iter().map(|(_, title)| title.clone()).collect();
                Ok(Self::Xlsx(Box::new(WorkbookWriter::begin(name, titles, to)?)))
            }
        }
    }

    /// Writes a row with one cell per column.
    pub fn write_row(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        match self {
            Self::Csv(writer) => {
                for field in row {
                    match *field {
                        Cell::Empty => writer.write_field("")?,
                        Cell::Text(text) => writer.write_field(&*escape_formula(text))?,
                        Cell::Integer(number) => writer.write_field(number.to_string())?,
                        Cell::Thousandths(number) => writer.write_field(format_thousandths(number))?,
                        Cell::Day(day) => writer.write_field(day.to_string())?,
                        Cell::Bool(value) => writer.write_field(if value { "true" } else { "false" })?,
                    }
                }
                Ok(writer.write_record(None::<&[u8]>)?)
            }
            Self::Xlsx(book) => book.put(row),
        }
    }

    /// Finishes the file and flushes the last chunk.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::Csv(mut writer) => writer.flush(),
            Self::Xlsx(book) => book.finish()?.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousandths_are_formatted_without_trailing_zeros() {
        let formatted = [0, 1, 20, 1_500, 2_000, -1_250, 1_000_000_000_000].map(format_thousandths);
        assert_eq!(formatted, ["0", "0.001", "0.02", "1.5", "2", "-1.25", "1000000000"]);
    }
}
