//! Reads XLSX with merged cells, hidden sheets and rows, error values, and formulas without a stored result.
use std::io::{BufRead, BufReader, Cursor, Read};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};
use chrono::{Datelike, NaiveDateTime, Timelike};

use crate::{
    budget::Budget,
    cell::Cell,
    sheet::{MAX_COLUMNS, MAX_ROWS, MAX_SHEETS, ReadError, Sheet, clean},
    unpacked,
};

/// Max bytes of a tag that is looked at.
const MAX_TAG_BYTES: u64 = 64 * 1024;

type Archive<'a> = zip::ZipArchive<Cursor<&'a [u8]>>;

/// The number with at most 15 significant digits, which is what spreadsheets keep: 3.3000000000000003 is 3.3.
fn decimal(number: f64) -> Option<String> {
    let text = format!("{number:.14e}");
    let (mantissa, exponent) = text.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    // The point stands behind `whole` digits.
    let whole = exponent + 1;
    if !(-30..=30).contains(&whole) {
        return None;
    }
    let Ok(whole) = usize::try_from(whole) else {
        let zeros = usize::try_from(whole.unsigned_abs()).ok()?;
        return Some(format!("{sign}0.{}{digits}", "0".repeat(zeros)));
    };
    let padded = format!("{digits:0<whole$}");
    let (whole, fraction) = padded.split_at_checked(whole)?;
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

fn date_time(at: NaiveDateTime) -> Cell {
    let minutes = at.hour() * 60 + at.minute();
    match at.year() {
        // Times of day have the epoch as their date.
        1899 | 1900 | 1904 => Cell::Time(minutes),
        _ if minutes == 0 => Cell::Day(at.date()),
        _ => Cell::Moment(at.date(), minutes),
    }
}

fn text(text: &str) -> Cell {
    if text.trim().is_empty() { Cell::Empty } else { Cell::Text(clean(text)) }
}

fn cell(value: &DataRef<'_>, has_formula: bool) -> Cell {
    match value {
        DataRef::Empty if has_formula => Cell::Formula,
        DataRef::Empty => Cell::Empty,
        DataRef::Error(error) => Cell::Error(error.to_string()),
        DataRef::Int(n) => Cell::Number(n.to_string()),
        DataRef::Float(n) if n.is_finite() => decimal(*n).map_or_else(|| Cell::Error("#NUM!".to_owned()), Cell::Number),
        DataRef::Float(_) => Cell::Error("#NUM!".to_owned()),
        DataRef::String(s) | DataRef::DurationIso(s) => text(s),
        DataRef::SharedString(s) => text(s),
        DataRef::Bool(b) => Cell::Text(b.to_string()),
        // Rounded to a second: fractions of a day are not exact.
        DataRef::DateTime(at) => at
            .as_datetime()
            .and_then(|at| at.checked_add_signed(chrono::Duration::milliseconds(500)))
            .map_or(Cell::Empty, date_time),
        DataRef::DateTimeIso(s) => s.parse().map_or_else(|_| text(s), date_time),
    }
}

/// Calls `visit` with the name and the attributes of each tag of an XML file, without prefixes of name spaces.
fn visit_tags(xml: impl Read, mut visit: impl FnMut(&str, &str)) -> Result<(), ReadError> {
    let (mut reader, mut buffer) = (BufReader::new(xml), Vec::new());
    loop {
        buffer.clear();
        let length = reader.by_ref().take(MAX_TAG_BYTES).read_until(b'>', &mut buffer);
        if length.map_err(|_| ReadError::Unreadable)? == 0 {
            return Ok(());
        }
        let start = buffer.iter().rposition(|b| *b == b'<').map_or(0, |at| at + 1);
        let tag = buffer.get(start..).and_then(|tag| std::str::from_utf8(tag).ok()).unwrap_or_default();
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        visit(name.rsplit(':').next().unwrap_or(name), attributes);
    }
}

/// The value of an attribute.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes;
    while let Some((key, tail)) = rest.split_once('=') {
        let tail = tail.trim_start();
        let quote = tail.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = tail.get(1..)?.split_once(quote)?;
        if key.trim().rsplit(':').next() == Some(name) {
            return Some(value);
        }
        rest = after;
    }
    None
}

/// Paths of the sheets inside the archive, in order.
fn sheet_paths(archive: &mut Archive<'_>) -> Result<Vec<Option<String>>, ReadError> {
    let mut relations = std::collections::HashMap::new();
    let mut ids = Vec::new();
    if let Ok(file) = archive.by_name("xl/_rels/workbook.xml.rels") {
        visit_tags(file, |name, attributes| {
            if let ("Relationship", Some(id), Some(target)) =
                (name, attribute(attributes, "Id"), attribute(attributes, "Target"))
            {
                let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
                relations.insert(id.to_owned(), path);
            }
        })?;
    }
    if let Ok(file) = archive.by_name("xl/workbook.xml") {
        visit_tags(file, |name, attributes| {
            if name == "sheet" {
                ids.push(attribute(attributes, "id").map(str::to_owned));
            }
        })?;
    }
    Ok(ids.into_iter().map(|id| relations.get(&id?).cloned()).collect())
}

/// Numbers of the rows that are not shown, from 0.
fn hidden_rows(archive: &mut Archive<'_>, path: &str) -> Result<Vec<usize>, ReadError> {
    let Ok(file) = archive.by_name(path) else { return Ok(Vec::new()) };
    let (mut hidden, mut next) = (Vec::new(), 0_usize);
    visit_tags(file, |name, attributes| {
        if name != "row" {
            return;
        }
        let number = attribute(attributes, "r").and_then(|r| r.parse::<usize>().ok()).and_then(|r| r.checked_sub(1));
        let row = number.unwrap_or(next);
        next = row.saturating_add(1);
        if matches!(attribute(attributes, "hidden"), Some("1" | "true")) && row < MAX_ROWS {
            hidden.push(row);
        }
    })?;
    Ok(hidden)
}

/// Reads the sheets of a workbook.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| ReadError::Unreadable)?;
    unpacked::check(&mut archive)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| ReadError::Unreadable)?;
    let found = book.sheets_metadata().to_vec();
    if found.len() > MAX_SHEETS {
        return Err(ReadError::TooManySheets);
    }
    let paths = sheet_paths(&mut archive)?;
    let counts_from_1904 = book.has_1904_epoch();
    let (mut sheets, mut budget) = (Vec::new(), Budget::new());
    for (ix, metadata) in found.into_iter().enumerate() {
        // Charts have no cells.
        if metadata.typ != SheetType::WorkSheet {
            continue;
        }
        let rows = read_rows(&mut book, &metadata.name, &mut budget)?;
        let hidden_rows = match paths.get(ix) {
            Some(Some(path)) => hidden_rows(&mut archive, path)?,
            Some(None) | None => Vec::new(),
        };
        let is_hidden = metadata.visible != SheetVisible::Visible;
        sheets.push(Sheet { name: metadata.name, rows, is_hidden, hidden_rows, counts_from_1904 });
    }
    Ok(sheets)
}

fn read_rows(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, budget: &mut Budget) -> Result<Vec<Vec<Cell>>, ReadError> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut reader = book.worksheet_cells_reader(name).map_err(|_| ReadError::Unreadable)?;
    while let Some(next) = reader.next_cell_with_formula_metadata().map_err(|_| ReadError::Unreadable)? {
        let value = cell(&next.value, next.formula.is_some());
        let (Ok(row), Ok(column)) = (usize::try_from(next.pos.0), usize::try_from(next.pos.1)) else { continue };
        if value.is_empty() {
            continue;
        }
        if row >= MAX_ROWS {
            return Err(ReadError::TooLong);
        }
        if column >= MAX_COLUMNS {
            return Err(ReadError::TooWide);
        }
        set_cell(&mut rows, (row, column), value, budget)?;
    }
    drop(reader);
    fill_merged_cells(&mut rows, book.merge_cells_by_sheet_name(name).unwrap_or_default(), budget)?;
    Ok(rows)
}

fn set_cell(
    rows: &mut Vec<Vec<Cell>>,
    (row, column): (usize, usize),
    value: Cell,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    budget.take(&value)?;
    if rows.len() <= row {
        rows.resize_with(row + 1, Vec::new);
    }
    let Some(cells) = rows.get_mut(row) else { return Ok(()) };
    if cells.len() <= column {
        budget.take_empty(column - cells.len())?;
        cells.resize(column + 1, Cell::Empty);
    }
    if let Some(cell) = cells.get_mut(column) {
        *cell = value;
    }
    Ok(())
}

/// Copies the value of a merged area to all of its cells. Areas wider than 4 columns are skipped: those are titles over the
/// table, not values of each column. Each cell that is filled counts, so that areas which overlap cost no more than others.
fn fill_merged_cells(
    rows: &mut Vec<Vec<Cell>>,
    merged: Vec<calamine::Dimensions>,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    for area in merged.into_iter().take(MAX_ROWS) {
        let (Ok(top), Ok(left)) = (usize::try_from(area.start.0), usize::try_from(area.start.1)) else { continue };
        let (Ok(bottom), Ok(right)) = (usize::try_from(area.end.0), usize::try_from(area.end.1)) else { continue };
        let value = rows.get(top).and_then(|cells| cells.get(left)).cloned().unwrap_or_default();
        if value.is_empty() || right >= MAX_COLUMNS || bottom >= MAX_ROWS || right > left + 3 {
            continue;
        }
        // Do not add rows below the last filled one.
        for row in top..rows.len().min(bottom + 1) {
            for column in left..=right {
                set_cell(rows, (row, column), value.clone(), budget)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{Format, Workbook};

    use super::*;
    use crate::read::read_sheets;

    #[test]
    fn distant_cells_do_not_exhaust_memory() {
        let mut book = Workbook::new();
        book.add_worksheet().write(5, 16_000, "far").unwrap();
        assert_eq!(read_sheets(&book.save_to_buffer().unwrap()), Err(ReadError::TooWide));
        let mut book = Workbook::new();
        book.add_worksheet().write(1_000_000, 0, "deep").unwrap();
        assert_eq!(read_sheets(&book.save_to_buffer().unwrap()), Err(ReadError::TooLong));
    }

    /// The workbook with another text of a part.
    fn with_part(book: &mut Workbook, part: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
        let bytes = book.save_to_buffer().unwrap();
        let mut from = zip::ZipArchive::new(Cursor::new(bytes.as_slice())).unwrap();
        let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for n in 0..from.len() {
            let mut file = from.by_index(n).unwrap();
            let name = file.name().unwrap().to_string();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            to.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
            let text = if name == part { change(&text) } else { text };
            std::io::Write::write_all(&mut to, text.as_bytes()).unwrap();
        }
        to.finish().unwrap().into_inner()
    }

    #[test]
    fn overlapping_merged_areas_are_refused() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.merge_range(0, 0, 0, 1, "a", &Format::new()).unwrap().write(20_000, 0, "b").unwrap();
        let bytes = with_part(&mut book, "xl/worksheets/sheet1.xml", |xml| {
            let area = "<mergeCell ref=\"A1:D20000\"/>".repeat(2_500);
            xml.replace("<mergeCell ref=\"A1:B1\"/>", &area)
        });
        let began = std::time::Instant::now();
        assert_eq!(read_sheets(&bytes), Err(ReadError::TooLarge));
        assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    }

    #[test]
    fn one_long_text_in_many_cells_is_refused() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let long = "x".repeat(2_000);
        for row in 0..60_000 {
            sheet.write(row, 0, &long).unwrap();
        }
        assert_eq!(read_sheets(&book.save_to_buffer().unwrap()), Err(ReadError::TooLarge));
    }

    #[test]
    fn cell_that_unpacks_to_more_than_a_cell_is_refused() {
        let mut book = Workbook::new();
        book.add_worksheet().write(0, 0, 1).unwrap();
        let bytes = with_part(&mut book, "xl/worksheets/sheet1.xml", |xml| {
            xml.replace("<v>1</v>", &format!("<v>{}</v>", "1".repeat(4_000_000)))
        });
        assert!(bytes.len() < 20_000, "{}", bytes.len());
        assert_eq!(read_sheets(&bytes), Err(ReadError::TooLarge));
    }

    #[test]
    fn hidden_rows_and_sheets_are_marked() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "a").unwrap().write(1, 0, "b").unwrap().write(2, 0, "c").unwrap();
        sheet.set_row_hidden(1).unwrap();
        book.add_worksheet().set_name("cũ").unwrap().set_hidden(true).write(0, 0, "x").unwrap();
        let sheets = read_sheets(&book.save_to_buffer().unwrap()).unwrap();
        assert_eq!((sheets[0].is_hidden, sheets[0].hidden_rows.as_slice()), (false, [1].as_slice()));
        assert_eq!((sheets[1].is_hidden, sheets[1].hidden_rows.as_slice()), (true, [].as_slice()));
    }

    #[test]
    fn floats_have_fifteen_digits() {
        for (number, shown) in [
            (3.300_000_000_000_000_3, "3.3"),
            (0.1 + 0.2, "0.3"),
            (7.125, "7.125"),
            (1_000_000.0, "1000000"),
            (9_557_600_000.0, "9557600000"),
            (0.05, "0.05"),
            (-12.5, "-12.5"),
            (0.0, "0"),
            (1e-7, "0.0000001"),
        ] {
            assert_eq!(decimal(number).as_deref(), Some(shown));
        }
        assert_eq!(decimal(1e300), None);
    }

    #[test]
    fn times_of_day_and_moments_are_told_apart() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_with_format(0, 0, 13.5 / 24.0, &Format::new().set_num_format("hh:mm")).unwrap();
        sheet.write_with_format(0, 1, 46_354.5, &Format::new().set_num_format("dd/mm/yyyy hh:mm")).unwrap();
        sheet.write_with_format(0, 2, 46_354, &Format::new().set_num_format("dd/mm/yyyy")).unwrap();
        let rows = read_sheets(&book.save_to_buffer().unwrap()).unwrap().remove(0).rows;
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 28).unwrap();
        assert_eq!(rows[0], [Cell::Time(13 * 60 + 30), Cell::Moment(day, 12 * 60), Cell::Day(day)]);
    }

    #[test]
    fn attributes_are_read_with_prefixes_and_both_quotes() {
        let attributes = r#"name="a=b" r:id='rId1' hidden="1"/"#;
        assert_eq!(attribute(attributes, "id"), Some("rId1"));
        assert_eq!(attribute(attributes, "hidden"), Some("1"));
        assert_eq!(attribute(attributes, "name"), Some("a=b"));
        assert_eq!(attribute(attributes, "state"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_parsed_or_rejected(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let _ = read_sheets(&bytes);
            let _ = read_sheets(&[b"PK\x03\x04".as_slice(), &bytes].concat());
        }
    }
}
