//! Tables for download: typed cells with codes, written as JSON for programs, and as CSV or a workbook in words of the reader's language,
//! with a total row and notes.
mod columns;
mod export;
mod table;

pub use columns::{Column, ColumnKind, OTHERS, Written, column, currency_unit};
pub use export::{Export, Notes};
pub use table::{Cell, Table};
