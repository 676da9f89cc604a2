//! Export of in-memory tables as JSON, CSV or XLSX.
use actix_web::{HttpResponse, http::header};
use serde::Deserialize;

use super::{
    problem::{Code, Problem},
    spreadsheet::escape_formula,
    streaming::Form,
};

/// Output format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JSON objects, one per row.
    Json,
    /// RFC 4180, UTF-8 with BOM so that Excel reads Vietnamese.
    Csv,
    /// A workbook with typed cells.
    Xlsx,
}

impl Format {
    /// File name extension.
    pub fn extension(self) -> &'static str {
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
    /// Text.
    Text(String),
    /// A count or an amount in minor units.
    Number(i64),
}

/// A table with named columns.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Table {
    /// Name of the sheet and of the file.
    pub name: String,
    /// Column names; the keys of the JSON rows.
    pub columns: Vec<String>,
    /// Rows with one cell per column.
    pub rows: Vec<Vec<Cell>>,
}

fn failed(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "export failed");
    Code::Internal.into()
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
                Cell::Text(text) => escape_formula(text),
                Cell::Number(number) => number.to_string(),
            });
            writer.write_record(cells).map_err(|e| failed(&e))?;
        }
        writer.into_inner().map_err(|e| failed(&e))
    }

    /// Renders a workbook with typed cells, grouped thousands, areas in m² and a frozen header; `title` maps column names to
    /// headings.
    pub fn xlsx(&self, title: impl Fn(&str) -> String) -> Result<Vec<u8>, Problem> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let bold = rust_xlsxwriter::Format::new().set_bold();
        let grouped = rust_xlsxwriter::Format::new().set_num_format("#,##0");
        let area = rust_xlsxwriter::Format::new().set_num_format("#,##0.00");
        let sheet = book.add_worksheet_with_constant_memory().map_err(|e| failed(&e))?;
        let write = |sheet: &mut rust_xlsxwriter::Worksheet| -> Result<(), rust_xlsxwriter::XlsxError> {
            sheet.set_name(self.name.chars().take(31).collect::<String>())?;
            sheet.set_freeze_panes(1, 0)?;
            for (column, name) in (0_u16..).zip(&self.columns) {
                sheet.set_column_width(column, 20)?;
                sheet.write_with_format(0, column, title(name), &bold)?;
            }
            for (line, row) in (1_u32..).zip(&self.rows) {
                for ((column, name), cell) in (0_u16..).zip(&self.columns).zip(row) {
                    match cell {
                        Cell::Text(text) => sheet.write(line, column, text.as_str())?,
                        // People read areas in m².
                        Cell::Number(dm2) if name.ends_with("_dm2") => {
                            let dm2 = i32::try_from(*dm2).map_or(f64::from(i32::MAX), f64::from);
                            sheet.write_with_format(line, column, dm2 / 100.0, &area)?
                        }
                        Cell::Number(number) => sheet.write_with_format(line, column, *number, &grouped)?,
                    };
                }
            }
            Ok(())
        };
        write(sheet).map_err(|e| failed(&e))?;
        book.save_to_buffer().map_err(|e| failed(&e))
    }

    /// Builds the response in the requested format, CSV and XLSX as an attachment; `title` maps column names to the headings
    /// of a workbook.
    pub fn into_response(
        &self,
        format: Format,
        file: &str,
        title: impl Fn(&str) -> String,
    ) -> Result<HttpResponse, Problem> {
        let extension = format.extension();
        let (content_type, bytes) = match format {
            Format::Json => return Ok(HttpResponse::Ok().json(self.json())),
            Format::Csv => (Form::Csv.content_type(), self.csv()?),
            Format::Xlsx => (Form::Xlsx.content_type(), self.xlsx(title)?),
        };
        Ok(HttpResponse::Ok()
            .content_type(content_type)
            .insert_header((
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{file}-{}.{extension}\"", self.name),
            ))
            .body(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_escapes_formulas_and_starts_with_a_bom() {
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
