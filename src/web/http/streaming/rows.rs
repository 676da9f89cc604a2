//! Row-by-row writer of CSV files and XLSX workbooks.
use std::io::{self, Write as _};

use super::{
    ChunkWriter,
    cell::{Cell, format_thousandths},
    form::Form,
    workbook::WorkbookWriter,
};
use crate::http::spreadsheet::escape_formula;

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
            Self::Xlsx(book) => book.append_row(row),
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
