//! Reads CSV and XLSX files as people make them: bytes in, rows of typed cells out. The one parser of numbers and dates in cells.
mod cell;
mod sheet;

pub use cell::{Cell, parse_unit};
pub use sheet::{MAX_ROWS, ReadError, Sheet, parse};
