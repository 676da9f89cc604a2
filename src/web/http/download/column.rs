//! Columns of tables for download.
/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Machine-readable name: the header in CSV.
    pub name: &'static str,
    /// Title in the reader's language: the header in a workbook.
    pub title: String,
    /// Characters that the column of a workbook is wide.
    pub width: usize,
}
