//! Which column is what: guessed from the titles, changed by whoever knows better.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fields::{Field, ImportKind};
use hoicho_core::values::{clock::Day, text};
use hoicho_spreadsheet::{self as spreadsheet, Cell, Sheet};

/// Rows in which the titles are looked for.
const TITLES_WITHIN: usize = 40;

/// Which column is what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Mapping {
    /// The row of the titles, from 0.
    pub(super) header_row: usize,
    /// Columns by field, from 0.
    pub(super) columns: BTreeMap<String, usize>,
    /// Columns that are a day each, and hold what was sold on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) day_columns: Vec<(usize, Day)>,
    /// Powers of ten that the title of a column says its numbers are in, by field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) powers: BTreeMap<String, u32>,
}

/// A title without its unit and its marks.
fn bare(title: &str) -> String {
    let words: String = text::fold(title).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How well a title fits a field: the longer the known title that it is, begins with or holds, the better.
fn fit(title: &str, field: &Field) -> usize {
    let padded = format!(" {title} ");
    let of = |known: &&str| {
        let long = known.len();
        if title == *known {
            3_000 + long
        } else if padded.starts_with(&format!(" {known} ")) {
            2_000 + long
        } else if padded.contains(&format!(" {known} ")) {
            1_000 + long
        } else {
            0
        }
    };
    field.titles.iter().map(of).max().unwrap_or(0)
}

/// The best pairs of columns and fields for a row of titles.
fn pairs(kind: ImportKind, row: &[Cell], days: &[Day]) -> (BTreeMap<String, usize>, usize) {
    let mut fits: Vec<(usize, usize, &'static str)> = Vec::new();
    for (column, cell) in row.iter().enumerate() {
        let title = bare(&cell.text());
        // A title is short; a sentence that holds the word is none, nor is a day.
        let is_day = cell.day(days).is_some_and(|day| days.contains(&day));
        if title.is_empty() || title.len() > 60 || is_day {
            continue;
        }
        fits.extend(kind.fields().iter().map(|f| (fit(&title, f), column, f.name)).filter(|(score, ..)| *score > 0));
    }
    // The best first; of equals, the leftmost.
    fits.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let (mut columns, mut score) = (BTreeMap::new(), 0);
    for (worth, column, name) in fits {
        if columns.contains_key(name) || columns.values().any(|taken| *taken == column) {
            continue;
        }
        columns.insert(name.to_owned(), column);
        score += worth;
    }
    (columns, score)
}

fn needed_found(kind: ImportKind, columns: &BTreeMap<String, usize>) -> usize {
    kind.fields().iter().filter(|f| f.is_needed && columns.contains_key(f.name)).count()
}

fn day_columns(kind: ImportKind, row: &[Cell], days: &[Day]) -> Vec<(usize, Day)> {
    if kind != ImportKind::Sales {
        return Vec::new();
    }
    let day = |(column, cell): (usize, &Cell)| Some((column, cell.day(days).filter(|d| days.contains(d))?));
    let found: Vec<(usize, Day)> = row.iter().enumerate().filter_map(day).collect();
    if found.len() >= 2 { found } else { Vec::new() }
}

impl Mapping {
    /// Fields that no row is anything without, and that no column is.
    pub(super) fn missing(&self, kind: ImportKind) -> Vec<&'static str> {
        let has = |name: &str| {
            self.columns.contains_key(name) || (!self.day_columns.is_empty() && matches!(name, "day" | "amount"))
        };
        // Booths may stand under headings that are their zones.
        let by_heading = |f: &Field| kind == ImportKind::Booths && f.name == "zone";
        kind.fields().iter().filter(|f| f.is_needed && !by_heading(f) && !has(f.name)).map(|f| f.name).collect()
    }

    /// The power of ten that a field's numbers are in.
    pub(super) fn power(&self, field: &str) -> u32 {
        self.powers.get(field).copied().unwrap_or(0)
    }

    /// The title of a column, its unit said.
    pub(super) fn title(&self, sheet: &Sheet, column: usize) -> String {
        sheet.rows.get(self.header_row).and_then(|row| row.get(column)).map(Cell::text).unwrap_or_default()
    }

    /// Notes the units that titles tell, and days that are titles; after a change by hand too.
    pub(super) fn settle(mut self, kind: ImportKind, sheet: &Sheet, days: &[Day]) -> Self {
        let row = sheet.rows.get(self.header_row).map(Vec::as_slice).unwrap_or_default();
        let by_day = !self.columns.contains_key("day");
        self.day_columns = if by_day { day_columns(kind, row, days) } else { Vec::new() };
        if !self.day_columns.is_empty() {
            // What is titled "total" beside the days is their sum.
            self.columns.remove("amount");
        }
        // The unit may stand in the title, or for the whole table in a row above it.
        let above = sheet.rows.iter().take(self.header_row).flatten().find_map(|cell| {
            let said = text::fold(&cell.text());
            if said.contains("don vi tinh") || said.contains("dvt") { spreadsheet::unit(&said) } else { None }
        });
        let power = |column: usize| row.get(column).and_then(|c| spreadsheet::unit(&c.text())).or(above);
        self.powers = self
            .columns
            .iter()
            .filter(|(name, _)| matches!(name.as_str(), "amount" | "ocop_amount" | "fee"))
            .filter_map(|(name, column)| Some((name.clone(), power(*column)?)))
            .collect();
        if let Some((_, power)) = self.day_columns.first().and_then(|(column, _)| Some((column, power(*column)?))) {
            self.powers.insert("amount".to_owned(), power);
        }
        self
    }
}

/// Guesses the sheet and the columns.
pub(super) fn detect(kind: ImportKind, sheets: &[Sheet], days: &[Day]) -> (usize, Mapping) {
    let mut best: Option<((usize, usize), usize, Mapping)> = None;
    for (ix, sheet) in sheets.iter().enumerate() {
        for (row, cells) in sheet.rows.iter().enumerate().take(TITLES_WITHIN) {
            let (columns, score) = pairs(kind, cells, days);
            let by_day = if columns.contains_key("day") { 0 } else { day_columns(kind, cells, days).len().min(2) };
            let worth = (needed_found(kind, &columns) + by_day, score);
            // A title that was merged over two rows stands in both: the lower one has all of them.
            let better = best.as_ref().is_none_or(|(known, at, mapping)| {
                let same = *at == ix
                    && row == mapping.header_row + 1
                    && columns.iter().all(|(_, c)| cells.get(*c) == sheet.rows.get(row - 1).and_then(|r| r.get(*c)));
                worth > *known || (same && worth.0 >= known.0)
            });
            if better && worth.0 > 0 {
                let mapping = Mapping { header_row: row, columns, ..Mapping::default() };
                best = Some((worth, ix, mapping));
            }
        }
    }
    let (at, mapping) = best.map(|(_, at, mapping)| (at, mapping)).unwrap_or_default();
    let mapping = match sheets.get(at) {
        Some(sheet) => mapping.settle(kind, sheet, days),
        None => mapping,
    };
    (at, mapping)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(rows: &[&[&str]]) -> Sheet {
        let cell = |text: &&str| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) };
        Sheet { name: String::new(), rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect() }
    }

    #[test]
    fn titles_are_found_under_whatever_stands_above_them() {
        let table = sheet(&[
            &["SỞ CÔNG THƯƠNG QUẢNG NINH"],
            &["BÁO CÁO DOANH THU GIAN HÀNG THEO NGÀY"],
            &["(Đơn vị tính: triệu đồng)"],
            &["STT", "Số gian", "Tên đơn vị", "Ngày", "Doanh thu", "Trong đó OCOP", "Ghi chú"],
            &["1", "A01", "HTX", "28/4/2018", "12,5", "10", ""],
        ]);
        let (_, mapping) = detect(ImportKind::Sales, std::slice::from_ref(&table), &[]);
        assert_eq!(mapping.header_row, 3);
        let found: Vec<_> = mapping.columns.iter().map(|(name, column)| (name.as_str(), *column)).collect();
        assert_eq!(found, [("amount", 4), ("booth", 1), ("day", 3), ("ocop_amount", 5)]);
        assert_eq!(mapping.powers["amount"], 6);
        assert!(mapping.missing(ImportKind::Sales).is_empty());
    }

    #[test]
    fn days_may_be_columns() {
        let days: Vec<Day> = (28..=30).map(|d| Day::from_ymd_opt(2018, 4, d).unwrap()).collect();
        let table = sheet(&[
            &["TT", "Gian", "28/4", "29/4", "30/4", "Tổng doanh thu (nghìn đồng)"],
            &["1", "A01", "1", "2", "3", "6"],
        ]);
        let (_, mapping) = detect(ImportKind::Sales, std::slice::from_ref(&table), &days);
        assert_eq!(mapping.day_columns, [(2, days[0]), (3, days[1]), (4, days[2])]);
        assert!(mapping.missing(ImportKind::Sales).is_empty() && !mapping.columns.contains_key("amount"));
    }

    #[test]
    fn a_table_of_something_else_lacks_what_is_needed() {
        let table = sheet(&[&["Họ tên", "Ngày sinh"], &["Lan", "1/1/1990"]]);
        let (_, mapping) = detect(ImportKind::Booths, std::slice::from_ref(&table), &[]);
        assert_eq!(mapping.missing(ImportKind::Booths), ["code"]);
    }
}
