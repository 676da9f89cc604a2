//! File formats of streamed tables.
use serde::Deserialize;

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
