//! Row-by-row writer of CSV files and XLSX workbooks.
use std::io::{self, Write};

use super::{cell::Cell, column::Column, form::Form, workbook::WorkbookWriter};
use crate::http::spreadsheet::escape_formula;

/// Writer of a table: its rows, then the total, then notes.
pub enum TableWriter<W: Write> {
    /// CSV.
    Csv(Box<csv::Writer<W>>, usize),
    /// XLSX workbook.
    Xlsx(Box<WorkbookWriter<W>>),
}

impl<W: Write> TableWriter<W> {
    /// Starts a table on a sheet `name`.
    pub fn begin(form: Form, name: &str, columns: &[Column], mut to: W) -> io::Result<Self> {
        match form {
            Form::Csv => {
                to.write_all(b"\xEF\xBB\xBF")?;
                let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
                writer.write_record(columns.iter().map(|column| column.name))?;
                Ok(Self::Csv(Box::new(writer), columns.len()))
            }
            Form::Xlsx => Ok(Self::Xlsx(Box::new(WorkbookWriter::begin(name, columns.to_vec(), to)?))),
        }
    }

    /// Writes a row with one cell per column.
    pub fn write_row(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        match self {
            Self::Csv(writer, _) => {
                for field in row {
                    match *field {
                        Cell::Empty => writer.write_field("")?,
                        Cell::Text(text) => writer.write_field(&*escape_formula(text))?,
                        Cell::Day(day) => writer.write_field(day.to_string())?,
                        Cell::YesNo(_, word) => writer.write_field(word)?,
                        Cell::Integer(_) | Cell::Money(..) | Cell::Thousandths(_) | Cell::Area(_) | Cell::Ratio(_) => {
                            writer.write_field(field.number().unwrap_or_default())?
                        }
                    }
                }
                Ok(writer.write_record(None::<&[u8]>)?)
            }
            Self::Xlsx(book) => book.append_row(row),
        }
    }

    /// Writes the total below the rows. Its first cell is a label that imports recognise.
    pub fn write_total(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        match self {
            Self::Csv(..) => self.write_row(row),
            Self::Xlsx(book) => book.append_total(row),
        }
    }

    /// Writes notes under a title that imports recognise: below the table in CSV, on a sheet of their own in a workbook.
    pub fn write_notes(&mut self, title: &str, notes: &[String]) -> io::Result<()> {
        match self {
            Self::Csv(writer, columns) => {
                for line in std::iter::once(title).chain(notes.iter().map(String::as_str)) {
                    writer.write_field(&*escape_formula(line))?;
                    for _ in 1..*columns {
                        writer.write_field("")?;
                    }
                    writer.write_record(None::<&[u8]>)?;
                }
                Ok(())
            }
            Self::Xlsx(book) => book.append_notes(title, notes),
        }
    }

    /// Finishes the file; returns the writer, flushed.
    pub fn finish(self) -> io::Result<W> {
        let mut to = match self {
            Self::Csv(writer, _) => writer.into_inner().map_err(|error| error.into_error())?,
            Self::Xlsx(book) => book.finish()?,
        };
        to.flush()?;
        Ok(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_has_names_rows_total_and_notes_in_equal_columns() {
        let columns = [("name", "Tên"), ("amount", "Doanh thu")].map(|(name, title)| Column {
            name,
            title: title.into(),
            width: 12,
        });
        let mut table = TableWriter::begin(Form::Csv, "x", &columns, Vec::new()).unwrap();
        table.write_row(&[Cell::Text("=HYPERLINK(\"x\")"), Cell::Money(-5, 0)]).unwrap();
        table.write_row(&[Cell::Text("Hạ, Long"), Cell::Money(1_250, 2)]).unwrap();
        table.write_total(&[Cell::Text("Tổng cộng"), Cell::Integer(7)]).unwrap();
        table.write_notes("Chú thích", &["Doanh thu: số tiền".to_owned()]).unwrap();
        let csv = String::from_utf8(table.finish().unwrap()).unwrap();
        let lines = [
            "\u{feff}name,amount",
            "\"'=HYPERLINK(\"\"x\"\")\",-5",
            "\"Hạ, Long\",12.50",
            "Tổng cộng,7",
            "Chú thích,",
            "Doanh thu: số tiền,",
        ];
        assert_eq!(csv.split_terminator("\r\n").collect::<Vec<_>>(), lines);
    }
}
