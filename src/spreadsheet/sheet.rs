//! Sheets of a file, and what is common to CSV and workbooks. Rows, columns, sheets, cell length and unpacked size are limited,
//! because files are untrusted input.
use serde::{Deserialize, Serialize};

use crate::cell::Cell;

/// Max rows of a sheet.
pub const MAX_ROWS: usize = 120_000;
/// Max columns.
pub const MAX_COLUMNS: usize = 100;
/// Max sheets.
pub const MAX_SHEETS: usize = 20;
/// Max characters of a cell; the rest is cut off. No field takes as many.
const MAX_CELL_CHARACTERS: usize = 2_000;

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Neither CSV nor a workbook, or damaged.
    #[error("neither CSV nor XLSX")]
    Unreadable,
    /// More than [`MAX_ROWS`] rows.
    #[error("more than {MAX_ROWS} rows")]
    TooLong,
    /// Too many cells or bytes, or too slow to read, whatever the number of rows.
    #[error("too many cells or too much text")]
    TooLarge,
    /// A cell to the right of [`MAX_COLUMNS`] columns.
    #[error("more than {MAX_COLUMNS} columns")]
    TooWide,
    /// More than [`MAX_SHEETS`] sheets.
    #[error("more than {MAX_SHEETS} sheets")]
    TooManySheets,
    /// CSV in an encoding other than UTF-8 or UTF-16.
    #[error("not in UTF-8")]
    NotUtf8,
    /// CSV that two delimiters split into equally consistent tables.
    #[error("delimited by one of {0:?}")]
    DelimiterUnclear(Vec<char>),
}

/// A table: rows of cells.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sheet {
    /// Sheet name; empty for CSV.
    pub name: String,
    pub rows: Vec<Vec<Cell>>,
    /// Whether the workbook does not show the sheet.
    pub is_hidden: bool,
    /// Rows that the workbook does not show, from 0.
    pub hidden_rows: Vec<usize>,
    /// Whether numbers of dates count from 1904.
    pub counts_from_1904: bool,
}

/// Text of a cell without zero bytes, at most 2,000 characters.
pub(crate) fn clean(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(MAX_CELL_CHARACTERS).collect()
}
