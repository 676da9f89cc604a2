//! Reads a file by its type.
use crate::{
    delimited,
    sheet::{ReadError, Sheet},
    workbook,
};

/// Reads the sheets of a file.
pub fn read_sheets(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return Ok(vec![delimited::read(bytes)?]);
    }
    // calamine panics on absurd values (arithmetic overflow on row 2^40). Catch it and treat the file as unreadable; no state
    // of the library outlives the call.
    std::panic::catch_unwind(|| workbook::read(bytes)).unwrap_or(Err(ReadError::Unreadable))
}
