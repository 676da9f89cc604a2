//! Reads CSV. The delimiter is judged over all lines: the one that makes the most consistent table.
use std::collections::HashMap;

use crate::{
    budget::Budget,
    cell::Cell,
    sheet::{MAX_COLUMNS, MAX_ROWS, ReadError, Sheet, clean},
};

const DELIMITERS: [char; 4] = [';', '\t', ',', '|'];

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

/// Removes a first line `sep=;`, which spreadsheets obey, and returns its delimiter.
fn split_declaration(text: &str) -> (Option<char>, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let declared = line.trim_end_matches('\r').strip_prefix("sep=").or_else(|| line.trim_end().strip_prefix("SEP="));
    match declared.map(|text| text.chars().collect::<Vec<_>>()).as_deref() {
        Some([delimiter]) if delimiter.is_ascii() => (Some(*delimiter), rest),
        Some(_) | None => (None, text),
    }
}

fn reader(text: &str, delimiter: char) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
}

/// How consistent a table is: the number of lines with the most frequent width, and how many of them follow each other. Zero
/// if most lines have a single cell.
fn consistency(text: &str, delimiter: char) -> (usize, usize) {
    let mut widths: HashMap<usize, (usize, usize)> = HashMap::new();
    let (mut reader, mut line) = (reader(text, delimiter), csv::ByteRecord::new());
    let (mut lines, mut run, mut last) = (0, 0, 0);
    while lines <= MAX_ROWS && reader.read_byte_record(&mut line).unwrap_or(false) {
        run = if line.len() == last { run + 1 } else { 1 };
        last = line.len();
        let (count, longest) = widths.entry(line.len()).or_default();
        (*count, *longest) = (*count + 1, run.max(*longest));
        lines += 1;
    }
    let most = widths.into_iter().max_by_key(|(width, (count, _))| (*count, *width));
    most.filter(|(width, _)| *width > 1).map_or((0, 0), |(_, consistency)| consistency)
}

/// The delimiter that gives the most lines of equal width. Equally consistent tables are an error that asks.
fn judge_delimiter(text: &str) -> Result<char, ReadError> {
    let candidates = DELIMITERS.into_iter().filter(|delimiter| text.contains(*delimiter));
    let judged: Vec<_> = candidates.map(|delimiter| (delimiter, consistency(text, delimiter))).collect();
    let most = judged.iter().map(|(_, consistency)| *consistency).max().unwrap_or_default();
    let best: Vec<char> = judged.iter().filter(|(_, found)| *found == most).map(|(delimiter, _)| *delimiter).collect();
    match best.as_slice() {
        // A table of one column.
        _ if most == (0, 0) => Ok(';'),
        [delimiter] => Ok(*delimiter),
        _ => Err(ReadError::DelimiterUnclear(best)),
    }
}

/// Reads a CSV file.
pub(crate) fn read(bytes: &[u8]) -> Result<Sheet, ReadError> {
    let decoded = decode(bytes)?;
    let (declared, table) = split_declaration(&decoded);
    let text = format!("{table}\n");
    let delimiter = match declared {
        Some(delimiter) => delimiter,
        None => judge_delimiter(&text)?,
    };
    let mut reader = reader(&text, delimiter);
    let (mut rows, mut budget) = (Vec::new(), Budget::new());
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
        if line.iter().skip(MAX_COLUMNS).any(|cell| !cell.trim().is_empty()) {
            return Err(ReadError::TooWide);
        }
        let cell = |text: &str| {
            // The mark by which exports keep spreadsheets from running a text as a formula.
            let plain = text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
            if text.is_empty() { Cell::Empty } else { Cell::Text(clean(plain.unwrap_or(text))) }
        };
        let cells: Vec<Cell> = line.iter().take(MAX_COLUMNS).map(cell).collect();
        cells.iter().try_for_each(|cell| budget.take(cell))?;
        rows.push(cells);
    }
    Ok(Sheet { rows, ..Sheet::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        read(bytes).unwrap().rows.iter().map(|row| row.iter().map(Cell::text).collect()).collect()
    }

    #[test]
    fn encodings_and_delimiters_are_detected() {
        let expected = vec![vec!["Gian".to_owned(), "Tiền".to_owned()], vec!["A01".to_owned(), "1.250.000".to_owned()]];
        assert_eq!(cells("\u{feff}Gian;Tiền\r\nA01;1.250.000\r\n".as_bytes()), expected);
        assert_eq!(cells("Gian,Tiền\nA01,\"1.250.000\"\n".as_bytes()), expected);
        let wide: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("Gian\tTiền\r\nA01\t1.250.000\r\n".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(cells(&wide), expected);
        assert!(read(b"Gian,\xff\n").is_err());
    }

    #[test]
    fn all_lines_judge_the_delimiter() {
        let addresses = "Tên;MST;Địa chỉ\nMột;;Số 1, ngõ 2, phường 3, TP\nHai;;Khu 4, phường 5, TP\n";
        assert!(cells(addresses.as_bytes()).iter().all(|row| row.len() == 3));
        let thousands = "Mã gian;Khu;Phí\nA01;OCOP;1,250,000\n";
        assert_eq!(cells(thousands.as_bytes())[1][2], "1,250,000");
        let titled = "BÁO CÁO, NĂM 2026\n\nGian;Tiền\nA01;1,5\nA02;2,5\n";
        assert_eq!(cells(titled.as_bytes())[3], ["A01", "1,5"]);
    }

    #[test]
    fn equally_consistent_tables_ask_and_a_declaration_decides() {
        let tie = "Gian;Tiền, đồng\nA01;1,5\n";
        assert_eq!(read(tie.as_bytes()), Err(ReadError::DelimiterUnclear(vec![';', ','])));
        assert_eq!(cells(format!("sep=;\r\n{tie}").as_bytes())[1], ["A01", "1,5"]);
        assert_eq!(cells(format!("sep=,\n{tie}").as_bytes())[1], ["A01;1", "5"]);
        assert_eq!(cells("A01\nA02\n".as_bytes()), [["A01"], ["A02"]]);
    }

    #[test]
    fn blank_lines_are_rows() {
        let rows = cells(b"a;b\n\nc;d\n");
        assert_eq!(rows.len(), 3);
        assert!(rows[1].is_empty());
    }
}
