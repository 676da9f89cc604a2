//! Reads CSV and XLSX files as people make them: bytes in, rows of typed cells out. Holds the one parser of what people type.
mod budget;
mod cell;
mod delimited;
pub mod parse;
mod read;
mod sheet;
mod unpacked;
mod workbook;

pub use cell::Cell;
pub use read::read_sheets;
pub use sheet::{MAX_COLUMNS, MAX_ROWS, MAX_SHEETS, ReadError, Sheet};
