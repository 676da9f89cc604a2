//! Reads a workbook's parts once before it is parsed, and counts what comes out: the sizes that an archive declares may be wrong, and
//! the parser holds some parts, and each text, in memory as a whole.
use std::io::{BufRead, BufReader, Read};

use crate::sheet::ReadError;

/// Max unpacked bytes of a workbook.
const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Max unpacked bytes of a part that is held in memory: shared texts, styles.
const MAX_PART_BYTES: u64 = 64 * 1024 * 1024;
/// Max bytes of a text or tag. A cell has at most 32,767 characters, of at most six bytes each when escaped.
const MAX_RUN_BYTES: usize = 256 * 1024;

/// # Errors
/// [`ReadError::TooLarge`] if the workbook or a part of it is too large; [`ReadError::Unreadable`] if it is damaged.
pub(crate) fn check<R: Read + std::io::Seek>(archive: &mut zip::ZipArchive<R>) -> Result<(), ReadError> {
    let mut left = MAX_BYTES;
    for n in 0..archive.len() {
        let part = archive.by_index(n).map_err(|_| ReadError::Unreadable)?;
        let is_sheet = part.name().is_ok_and(|name| name.to_ascii_lowercase().contains("worksheets/"));
        let max = if is_sheet { left } else { left.min(MAX_PART_BYTES) };
        left -= check_part(part, max)?;
    }
    Ok(())
}

/// Returns the number of bytes; the last one that is read is beyond `max`.
fn check_part(part: impl Read, max: u64) -> Result<u64, ReadError> {
    let mut reader = BufReader::with_capacity(64 * 1024, part.take(max + 1));
    let (mut bytes, mut run) = (0_u64, 0_usize);
    loop {
        let chunk = reader.fill_buf().map_err(|_| ReadError::Unreadable)?;
        let length = chunk.len();
        if length == 0 {
            return Ok(bytes);
        }
        let mut from = 0;
        for end in memchr::memchr2_iter(b'<', b'>', chunk) {
            if run + (end - from) > MAX_RUN_BYTES {
                return Err(ReadError::TooLarge);
            }
            (run, from) = (0, end);
        }
        run += length - from;
        bytes += u64::try_from(length).unwrap_or(u64::MAX);
        if bytes > max || run > MAX_RUN_BYTES {
            return Err(ReadError::TooLarge);
        }
        reader.consume(length);
    }
}
