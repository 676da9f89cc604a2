//! Tables as JSON, CSV and XLSX: the same cells in each.
use actix_web::{HttpResponse, http::header};
use serde::Deserialize;

use super::{
    problem::{Code, Problem},
    streamed::Form,
};

/// How a report is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JSON rows.
    Json,
    /// RFC 4180, UTF-8 with BOM so that Excel reads Vietnamese.
    Csv,
    /// A workbook with typed cells.
    Xlsx,
}

impl Format {
    /// The ending of a file of this form.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A count or an amount in minor units.
    Number(i64),
}

/// A table with its columns.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Table {
    /// Sheet and file name.
    pub name: String,
    /// Column names, as in the JSON.
    pub columns: Vec<String>,
    /// Rows as long as the columns.
    pub rows: Vec<Vec<Cell>>,
}

fn failed(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "an export failed");
    Code::Internal.into()
}

/// A spreadsheet runs a cell that begins so as a formula: an apostrophe makes it text again.
pub fn defused(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// `A`, `B` … `Z`, `AA`: as spreadsheets call a column.
pub fn letters(column: usize) -> String {
    let mut rest = column + 1;
    let mut name = Vec::new();
    while rest > 0 {
        rest -= 1;
        name.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    name.into_iter().rev().collect()
}

impl Table {
    fn json(&self) -> serde_json::Value {
        let items: Vec<serde_json::Value> = self
            .rows
            .iter()
            .map(|row| {
                self.columns
                    .iter()
                    .zip(row)
                    .map(|(column, cell)| (column.clone(), serde_json::json!(cell)))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            })
            .collect();
        serde_json::json!({ "items": items })
    }

    fn csv(&self) -> Result<Vec<u8>, Problem> {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xEF\xBB\xBF".to_vec());
        writer.write_record(&self.columns).map_err(|e| failed(&e))?;
        for row in &self.rows {
            let cells = row.iter().map(|cell| match cell {
                Cell::Text(text) => defused(text),
                Cell::Number(number) => number.to_string(),
            });
            writer.write_record(cells).map_err(|e| failed(&e))?;
        }
        writer.into_inner().map_err(|e| failed(&e))
    }

    /// The workbook's bytes: typed cells, grouped thousands, frozen header; `title` is what a column is called.
    pub fn xlsx(&self, title: impl Fn(&str) -> String) -> Result<Vec<u8>, Problem> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let bold = rust_xlsxwriter::Format::new().set_bold();
        let grouped = rust_xlsxwriter::Format::new().set_num_format("#,##0");
        let sheet = book.add_worksheet_with_constant_memory().map_err(|e| failed(&e))?;
        let write = |sheet: &mut rust_xlsxwriter::Worksheet| -> Result<(), rust_xlsxwriter::XlsxError> {
            sheet.set_name(self.name.chars().take(31).collect::<String>())?;
            sheet.set_freeze_panes(1, 0)?;
            for (column, name) in (0_u16..).zip(&self.columns) {
                sheet.set_column_width(column, 20)?;
                sheet.write_with_format(0, column, title(name), &bold)?;
            }
            for (line, row) in (1_u32..).zip(&self.rows) {
                for (column, cell) in (0_u16..).zip(row) {
                    match cell {
                        Cell::Text(text) => sheet.write(line, column, text.as_str())?,
                        Cell::Number(number) => sheet.write_with_format(line, column, *number, &grouped)?,
                    };
                }
            }
            Ok(())
        };
        write(sheet).map_err(|e| failed(&e))?;
        book.save_to_buffer().map_err(|e| failed(&e))
    }

    /// The answer in the wanted form, with a readable file name; `title` is what a workbook calls a column.
    pub fn answer(&self, format: Format, file: &str, title: impl Fn(&str) -> String) -> Result<HttpResponse, Problem> {
        let ending = format.ending();
        let (content_type, bytes) = match format {
            Format::Json => return Ok(HttpResponse::Ok().json(self.json())),
            Format::Csv => (Form::Csv.content_type(), self.csv()?),
            Format::Xlsx => (Form::Xlsx.content_type(), self.xlsx(title)?),
        };
        Ok(HttpResponse::Ok()
            .content_type(content_type)
            .insert_header((
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{file}-{}.{ending}\"", self.name),
            ))
            .body(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_in_a_name_is_defused_and_excel_sees_utf_8() {
        let table = Table {
            name: "x".into(),
            columns: vec!["name".into(), "amount".into()],
            rows: vec![
                vec![Cell::Text("=HYPERLINK(\"x\")".into()), Cell::Number(-5)],
                vec![Cell::Text("Hạ, Long".into()), Cell::Number(7)],
            ],
        };
        let csv = String::from_utf8(table.csv().unwrap()).unwrap();
        assert_eq!(csv, "\u{feff}name,amount\r\n\"'=HYPERLINK(\"\"x\"\")\",-5\r\n\"Hạ, Long\",7\r\n");
    }
}
