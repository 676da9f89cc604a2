//! Reads CSV (UTF-8 or UTF-16) and XLSX files with merged cells. Rows, columns, sheets, cell length and unpacked size are
//! limited, because files are untrusted input.
use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};
use chrono::Timelike;

use crate::cell::Cell;

/// Max rows of a sheet.
pub const MAX_ROWS: usize = 120_000;
/// Max columns; the rest is ignored.
const MAX_COLUMNS: usize = 100;
/// Max sheets; the rest is ignored.
const MAX_SHEETS: usize = 20;
/// Max unpacked size of a workbook in bytes (zip bomb protection).
const MAX_UNPACKED_BYTES: u64 = 400 * 1024 * 1024;
/// Max characters of a cell; the rest is cut off.
const MAX_CELL_CHARACTERS: usize = 2_000;

/// Why a file cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Neither CSV nor a workbook, or damaged.
    #[error("neither CSV nor XLSX")]
    Unreadable,
    /// More than [`MAX_ROWS`] rows, or a workbook that unpacks to too many bytes.
    #[error("more than {MAX_ROWS} rows")]
    TooLong,
    /// CSV in an encoding other than UTF-8 or UTF-16.
    #[error("not in UTF-8")]
    NotUtf8,
}

/// A table: rows of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Sheet name; empty for CSV.
    pub name: String,
    pub rows: Vec<Vec<Cell>>,
}

/// Parses the sheets of a file.
pub fn parse(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return csv(bytes);
    }
    // calamine panics on absurd values (arithmetic overflow on row 2^40). Catch it and treat the file as unreadable; no state
    // of the library outlives the call.
    std::panic::catch_unwind(|| workbook(bytes)).unwrap_or(Err(ReadError::Unreadable))
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(MAX_CELL_CHARACTERS).collect()
}

fn decode(bytes: &[u8]) -> Result<String, ReadError> {
    let wide = |pairs: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = pairs.as_chunks().0.iter().map(|pair| read(*pair)).collect();
        String::from_utf16(&units).map_err(|_| ReadError::Unreadable)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).map_err(|_| ReadError::Unreadable),
        _ => String::from_utf8(bytes.to_vec()).map_err(|_| ReadError::NotUtf8),
    }
}

fn csv(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    let mut text = decode(bytes)?;
    text.push('\n');
    let count = |delimiter: char| text.lines().take(30).map(|line| line.matches(delimiter).count()).max().unwrap_or(0);
    let candidates = [(count(';'), b';'), (count('\t'), b'\t'), (count(','), b',')];
    let delimiter = candidates.into_iter().max_by_key(|(n, _)| *n).map_or(b',', |(_, delimiter)| delimiter);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let (mut line, mut lines_inside) = (csv::StringRecord::new(), 0);
    while reader.read_record(&mut line).map_err(|_| ReadError::Unreadable)? {
        // Blank lines count as rows, as in a spreadsheet, so that reported row numbers match.
        let inside: usize = line.iter().map(|cell| cell.matches('\n').count()).sum();
        let ended = usize::try_from(reader.position().line()).unwrap_or(MAX_ROWS).saturating_sub(2);
        let at = ended.saturating_sub(inside + lines_inside).min(MAX_ROWS);
        lines_inside += inside;
        rows.resize_with(rows.len().max(at), Vec::new);
        if rows.len() >= MAX_ROWS {
            return Err(ReadError::TooLong);
        }
        let cell = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(clean(text)) };
        rows.push(line.iter().take(MAX_COLUMNS).map(cell).collect());
    }
    Ok(vec![Sheet { name: String::new(), rows }])
}

fn cell(value: &DataRef<'_>) -> Cell {
    let text = |text: &str| if text.trim().is_empty() { Cell::Empty } else { Cell::Text(clean(text)) };
    let date_time = |at: chrono::NaiveDateTime| {
        if at.num_seconds_from_midnight() == 0 { Cell::Day(at.date()) } else { Cell::Moment(at.date(), at.hour()) }
    };
    match value {
        DataRef::Empty | DataRef::Error(_) => Cell::Empty,
        DataRef::Int(n) => Cell::Number(n.to_string()),
        // Shortest decimal that round-trips to this float: the number as typed.
        DataRef::Float(n) if n.is_finite() => Cell::Number(format!("{n}")),
        DataRef::Float(_) => Cell::Empty,
        DataRef::String(s) | DataRef::DurationIso(s) => text(s),
        DataRef::SharedString(s) => text(s),
        DataRef::Bool(b) => Cell::Text(if *b { "x" } else { "" }.to_owned()),
        DataRef::DateTime(at) => at.as_datetime().map_or(Cell::Empty, date_time),
        DataRef::DateTimeIso(s) => s.parse().map_or_else(|_| text(s), date_time),
    }
}

fn workbook(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    // Check the declared unpacked size before unpacking anything.
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| ReadError::Unreadable)?;
    let mut unpacked = 0_u64;
    for n in 0..archive.len() {
        unpacked = unpacked.saturating_add(archive.by_index_raw(n).map_err(|_| ReadError::Unreadable)?.size());
    }
    if unpacked > MAX_UNPACKED_BYTES {
        return Err(ReadError::TooLong);
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| ReadError::Unreadable)?;
    let names: Vec<String> = book.sheet_names().into_iter().take(MAX_SHEETS).collect();
    let mut sheets = Vec::new();
    for name in names {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let mut reader = match book.worksheet_cells_reader(&name) {
            Ok(reader) => reader,
            // Chart sheets have no cells.
            Err(_) => continue,
        };
        while let Some(next) = reader.next_cell().map_err(|_| ReadError::Unreadable)? {
            let (row, column) = next.get_position();
            let value = cell(next.get_value());
            let (Ok(row), Ok(column)) = (usize::try_from(row), usize::try_from(column)) else { continue };
            if column >= MAX_COLUMNS || value.is_empty() {
                continue;
            }
            if row >= MAX_ROWS {
                return Err(ReadError::TooLong);
            }
            set_cell(&mut rows, row, column, value);
        }
        drop(reader);
        fill_merged_cells(&mut rows, book.merge_cells_by_sheet_name(&name).unwrap_or_default());
        sheets.push(Sheet { name, rows });
    }
    Ok(sheets)
}

fn set_cell(rows: &mut Vec<Vec<Cell>>, row: usize, column: usize, value: Cell) {
    if rows.len() <= row {
        rows.resize_with(row + 1, Vec::new);
    }
    let Some(cells) = rows.get_mut(row) else { return };
    if cells.len() <= column {
        cells.resize(column + 1, Cell::Empty);
    }
    if let Some(cell) = cells.get_mut(column) {
        *cell = value;
    }
}

/// Copies the value of a merged area to all of its cells. Areas wider than 4 columns are skipped: those are titles over the
/// table, not values of each column.
fn fill_merged_cells(rows: &mut Vec<Vec<Cell>>, merged: Vec<calamine::Dimensions>) {
    for area in merged.into_iter().take(MAX_ROWS) {
        let (Ok(top), Ok(left)) = (usize::try_from(area.start.0), usize::try_from(area.start.1)) else { continue };
        let (Ok(bottom), Ok(right)) = (usize::try_from(area.end.0), usize::try_from(area.end.1)) else { continue };
        let value = rows.get(top).and_then(|cells| cells.get(left)).cloned().unwrap_or_default();
        if value.is_empty() || right >= MAX_COLUMNS || bottom >= MAX_ROWS || right > left + 3 {
            continue;
        }
        for row in top..=bottom {
            // Do not add rows below the last filled one.
            if row < rows.len() {
                (left..=right).for_each(|column| set_cell(rows, row, column, value.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells_of(bytes: &[u8]) -> Vec<Vec<String>> {
        parse(bytes).unwrap()[0].rows.iter().map(|row| row.iter().map(Cell::text).collect()).collect()
    }

    #[test]
    fn csv_encodings_and_delimiters_are_detected() {
        let expected = vec![vec!["Gian".to_owned(), "Tiền".to_owned()], vec!["A01".to_owned(), "1.250.000".to_owned()]];
        assert_eq!(cells_of("\u{feff}Gian;Tiền\r\nA01;1.250.000\r\n".as_bytes()), expected);
        assert_eq!(cells_of("Gian,Tiền\nA01,\"1.250.000\"\n".as_bytes()), expected);
        let wide: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("Gian\tTiền\r\nA01\t1.250.000\r\n".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(cells_of(&wide), expected);
        assert!(parse(b"Gian,\xff\n").is_err());
    }

    #[test]
    fn blank_lines_are_rows() {
        let rows = cells_of(b"a;b\n\nc;d\n");
        assert_eq!(rows.len(), 3);
        assert!(rows[1].is_empty());
    }

    #[test]
    fn distant_cells_do_not_exhaust_memory() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "a").unwrap().write(5, 16_000, "far").unwrap();
        let rows = &parse(&book.save_to_buffer().unwrap()).unwrap()[0].rows;
        assert_eq!((rows.len(), rows[0].len()), (1, 1));
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write(1_000_000, 0, "deep").unwrap();
        assert!(parse(&book.save_to_buffer().unwrap()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_parsed_or_rejected(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let _ = parse(&bytes);
            let _ = parse(&[b"PK\x03\x04".as_slice(), &bytes].concat());
        }
    }
}
