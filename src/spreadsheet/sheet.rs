//! Reads a file as organisers have it: CSV in the encodings of spreadsheets, or XLSX with merged cells. Bounded in all
//! that its sender controls.
use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};
use chrono::Timelike;

use crate::cell::Cell;

/// Rows of a sheet.
pub const MAX_ROWS: usize = 120_000;
/// Columns that are looked at.
const MAX_COLUMNS: usize = 100;
/// Sheets that are looked at.
const MAX_SHEETS: usize = 20;
/// Bytes a workbook may have once it is unpacked.
const MAX_UNPACKED: u64 = 400 * 1024 * 1024;
/// Characters of a cell.
const MAX_CHARACTERS: usize = 2_000;

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

/// A table: rows of cells, the first row first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// As it is called; empty for CSV.
    pub name: String,
    pub rows: Vec<Vec<Cell>>,
}

/// The sheets of a file.
pub fn read(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return csv(bytes);
    }
    // The library reckons with what a file says and panics where that is absurd (a row of 2^40, with checked arithmetic): such
    // a file is unreadable, and nothing of the library outlives the call.
    std::panic::catch_unwind(|| workbook(bytes)).unwrap_or_else(|_| Err(ReadError::Unreadable))
}

fn kept(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(MAX_CHARACTERS).collect()
}

fn decoded(bytes: &[u8]) -> Result<String, ReadError> {
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
    let mut text = decoded(bytes)?;
    text.push('\n');
    let count = |mark: char| text.lines().take(30).map(|line| line.matches(mark).count()).max().unwrap_or(0);
    let marks = [(count(';'), b';'), (count('\t'), b'\t'), (count(','), b',')];
    let delimiter = marks.into_iter().max_by_key(|(n, _)| *n).map_or(b',', |(_, mark)| mark);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let (mut line, mut lines_inside) = (csv::StringRecord::new(), 0);
    while reader.read_record(&mut line).map_err(|_| ReadError::Unreadable)? {
        // Blank lines are rows to whoever counts them in a spreadsheet.
        let inside: usize = line.iter().map(|cell| cell.matches('\n').count()).sum();
        let ended = usize::try_from(reader.position().line()).unwrap_or(MAX_ROWS).saturating_sub(2);
        let at = ended.saturating_sub(inside + lines_inside).min(MAX_ROWS);
        lines_inside += inside;
        rows.resize_with(rows.len().max(at), Vec::new);
        if rows.len() >= MAX_ROWS {
            return Err(ReadError::TooLong);
        }
        let cell = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(kept(text)) };
        rows.push(line.iter().take(MAX_COLUMNS).map(cell).collect());
    }
    Ok(vec![Sheet { name: String::new(), rows }])
}

fn cell(value: &DataRef<'_>) -> Cell {
    let text = |text: &str| if text.trim().is_empty() { Cell::Empty } else { Cell::Text(kept(text)) };
    let moment = |at: chrono::NaiveDateTime| {
        if at.num_seconds_from_midnight() == 0 { Cell::Day(at.date()) } else { Cell::Moment(at.date(), at.hour()) }
    };
    match value {
        DataRef::Empty | DataRef::Error(_) => Cell::Empty,
        DataRef::Int(n) => Cell::Number(n.to_string()),
        // The shortest decimal that is this number: what was typed.
        DataRef::Float(n) if n.is_finite() => Cell::Number(format!("{n}")),
        DataRef::Float(_) => Cell::Empty,
        DataRef::String(s) | DataRef::DurationIso(s) => text(s),
        DataRef::SharedString(s) => text(s),
        DataRef::Bool(b) => Cell::Text(if *b { "x" } else { "" }.to_owned()),
        DataRef::DateTime(at) => at.as_datetime().map_or(Cell::Empty, moment),
        DataRef::DateTimeIso(s) => s.parse().map_or_else(|_| text(s), moment),
    }
}

fn workbook(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    // What it says it unpacks to, before anything is unpacked.
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| ReadError::Unreadable)?;
    let mut unpacked = 0_u64;
    for n in 0..archive.len() {
        unpacked = unpacked.saturating_add(archive.by_index_raw(n).map_err(|_| ReadError::Unreadable)?.size());
    }
    if unpacked > MAX_UNPACKED {
        return Err(ReadError::TooLong);
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| ReadError::Unreadable)?;
    let names: Vec<String> = book.sheet_names().into_iter().take(MAX_SHEETS).collect();
    let mut sheets = Vec::new();
    for name in names {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let mut reader = match book.worksheet_cells_reader(&name) {
            Ok(reader) => reader,
            // A sheet that is a chart holds no cells.
            Err(_) => continue,
        };
        while let Some(found) = reader.next_cell().map_err(|_| ReadError::Unreadable)? {
            let (row, column) = found.get_position();
            let value = cell(found.get_value());
            let (Ok(row), Ok(column)) = (usize::try_from(row), usize::try_from(column)) else { continue };
            if column >= MAX_COLUMNS || value.is_empty() {
                continue;
            }
            if row >= MAX_ROWS {
                return Err(ReadError::TooLong);
            }
            put(&mut rows, row, column, value);
        }
        drop(reader);
        spread_merged(&mut rows, book.merge_cells_by_sheet_name(&name).unwrap_or_default());
        sheets.push(Sheet { name, rows });
    }
    Ok(sheets)
}

fn put(rows: &mut Vec<Vec<Cell>>, row: usize, column: usize, value: Cell) {
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

/// Cells that were merged hold one value: each of them has it, as whoever reads the sheet sees it. Across, only as far as
/// one row: a title over the whole table is no value of each column.
fn spread_merged(rows: &mut Vec<Vec<Cell>>, merged: Vec<calamine::Dimensions>) {
    for area in merged.into_iter().take(MAX_ROWS) {
        let (Ok(top), Ok(left)) = (usize::try_from(area.start.0), usize::try_from(area.start.1)) else { continue };
        let (Ok(bottom), Ok(right)) = (usize::try_from(area.end.0), usize::try_from(area.end.1)) else { continue };
        let value = rows.get(top).and_then(|cells| cells.get(left)).cloned().unwrap_or_default();
        if value.is_empty() || right >= MAX_COLUMNS || bottom >= MAX_ROWS || right > left + 3 {
            continue;
        }
        for row in top..=bottom {
            // A merged cell under the last filled row still is no row.
            if row < rows.len() {
                (left..=right).for_each(|column| put(rows, row, column, value.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8]) -> Vec<Vec<String>> {
        read(bytes).unwrap()[0].rows.iter().map(|row| row.iter().map(Cell::text).collect()).collect()
    }

    #[test]
    fn csv_of_any_spreadsheet_is_read() {
        let expected = vec![vec!["Gian".to_owned(), "Tiền".to_owned()], vec!["A01".to_owned(), "1.250.000".to_owned()]];
        assert_eq!(shown("\u{feff}Gian;Tiền\r\nA01;1.250.000\r\n".as_bytes()), expected);
        assert_eq!(shown("Gian,Tiền\nA01,\"1.250.000\"\n".as_bytes()), expected);
        let wide: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("Gian\tTiền\r\nA01\t1.250.000\r\n".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(shown(&wide), expected);
        assert!(read(b"Gian,\xff\n").is_err());
    }

    #[test]
    fn rows_are_counted_as_the_spreadsheet_counts_them() {
        let rows = shown(b"a;b\n\nc;d\n");
        assert_eq!(rows.len(), 3);
        assert!(rows[1].is_empty());
    }

    #[test]
    fn a_cell_far_away_does_not_fill_the_memory() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "a").unwrap().write(5, 16_000, "far").unwrap();
        let rows = &read(&book.save_to_buffer().unwrap()).unwrap()[0].rows;
        assert_eq!((rows.len(), rows[0].len()), (1, 1));
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write(1_000_000, 0, "deep").unwrap();
        assert!(read(&book.save_to_buffer().unwrap()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let _ = read(&bytes);
            let _ = read(&[b"PK\x03\x04".as_slice(), &bytes].concat());
        }
    }
}
