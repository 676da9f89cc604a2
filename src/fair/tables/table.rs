//! Tables as they are stored: codes, ISO dates and minor units, without a language.
use serde::{Deserialize, Serialize};

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// Text, a code or a day.
    Text(String),
    /// A count, an amount in minor units or an area in square decimetres.
    Number(i64),
    YesNo(bool),
}

/// A table with named columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Name of the report.
    pub name: String,
    /// Column names; the keys of the JSON rows.
    pub columns: Vec<String>,
    /// Rows with one cell per column.
    pub rows: Vec<Vec<Cell>>,
}
