//! Formats of reports.
use serde::Deserialize;

use super::download::Form;

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
    /// The format for an `Accept` header; JSON unless it asks for another.
    pub fn from_accept(header: &str) -> Self {
        match header {
            accepted if accepted.contains("text/csv") => Self::Csv,
            accepted if accepted.contains("spreadsheetml") => Self::Xlsx,
            _ => Self::Json,
        }
    }

    /// The file format; `None` for JSON.
    pub fn form(self) -> Option<Form> {
        match self {
            Self::Json => None,
            Self::Csv => Some(Form::Csv),
            Self::Xlsx => Some(Form::Xlsx),
        }
    }
}
