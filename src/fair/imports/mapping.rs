//! Column mapping: detected from the header titles, can be changed by the user.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fields::{Field, ImportKind};
use hoicho_core::values::{clock::Day, text};
use hoicho_spreadsheet::{self as spreadsheet, Cell, Sheet};

/// Max rows that are searched for the header row.
const MAX_HEADER_ROW: usize = 40;

/// Mapping of columns to fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct ColumnMapping {
    /// Header row, from 0.
    pub(super) header_row: usize,
    /// Column index by field, from 0.
    pub(super) columns: BTreeMap<String, usize>,
    /// Columns that hold the sales of one day each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) day_columns: Vec<(usize, Day)>,
    /// Units by field as powers of ten, parsed from the titles.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) powers: BTreeMap<String, u32>,
}

/// Folds a title and removes punctuation.
fn normalise_title(title: &str) -> String {
    let words: String =
        text::normalize_for_search(title).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Score of a title for a field: equal, starts with or contains a known title; longer known titles score higher.
fn score_title(title: &str, field: &Field) -> usize {
    let padded = format!(" {title} ");
    let score = |known_title: &&str| {
        let length = known_title.len();
        if title == *known_title {
            3_000 + length
        } else if padded.starts_with(&format!(" {known_title} ")) {
            2_000 + length
        } else if padded.contains(&format!(" {known_title} ")) {
            1_000 + length
        } else {
            0
        }
    };
    field.titles.iter().map(score).max().unwrap_or(0)
}

/// Assigns columns to fields greedily by score; returns the columns by field and the total score.
fn match_columns(kind: ImportKind, row: &[Cell], days: &[Day]) -> (BTreeMap<String, usize>, usize) {
    let mut fits: Vec<(usize, usize, &'static str)> = Vec::new();
    for (column, cell) in row.iter().enumerate() {
        let title = normalise_title(&cell.text());
        // Titles are short; skip sentences and day columns.
        let is_day = cell.parse_day(days).is_some_and(|day| days.contains(&day));
        if title.is_empty() || title.len() > 60 || is_day {
            continue;
        }
        fits.extend(
            kind.fields().iter().map(|f| (score_title(&title, f), column, f.name)).filter(|(score, ..)| *score > 0),
        );
    }
    // Highest score first, then leftmost.
    fits.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let (mut columns, mut score) = (BTreeMap::new(), 0);
    for (title_score, column, name) in fits {
        if columns.contains_key(name) || columns.values().any(|taken| *taken == column) {
            continue;
        }
        columns.insert(name.to_owned(), column);
        score += title_score;
    }
    (columns, score)
}

fn count_required(kind: ImportKind, columns: &BTreeMap<String, usize>) -> usize {
    kind.fields().iter().filter(|f| f.is_required && columns.contains_key(f.name)).count()
}

fn day_columns(kind: ImportKind, row: &[Cell], days: &[Day]) -> Vec<(usize, Day)> {
    if kind != ImportKind::Sales {
        return Vec::new();
    }
    let day = |(column, cell): (usize, &Cell)| Some((column, cell.parse_day(days).filter(|d| days.contains(d))?));
    let columns: Vec<(usize, Day)> = row.iter().enumerate().filter_map(day).collect();
    if columns.len() >= 2 { columns } else { Vec::new() }
}

impl ColumnMapping {
    /// Required fields without a column.
    pub(super) fn missing_fields(&self, kind: ImportKind) -> Vec<&'static str> {
        let has = |name: &str| {
            self.columns.contains_key(name) || (!self.day_columns.is_empty() && matches!(name, "day" | "amount"))
        };
        // Zones of booths may be headings instead of a column.
        let by_heading = |f: &Field| kind == ImportKind::Booths && f.name == "zone";
        kind.fields().iter().filter(|f| f.is_required && !by_heading(f) && !has(f.name)).map(|f| f.name).collect()
    }

    /// Unit of a field as a power of ten.
    pub(super) fn power(&self, field: &str) -> u32 {
        self.powers.get(field).copied().unwrap_or(0)
    }

    /// Title of a column as in the file.
    pub(super) fn title(&self, sheet: &Sheet, column: usize) -> String {
        sheet.rows.get(self.header_row).and_then(|row| row.get(column)).map(Cell::text).unwrap_or_default()
    }

    /// Derives units and day columns from the titles. Must run after each change of the columns.
    pub(super) fn derive_from_titles(mut self, kind: ImportKind, sheet: &Sheet, days: &[Day]) -> Self {
        let row = sheet.rows.get(self.header_row).map(Vec::as_slice).unwrap_or_default();
        let by_day = !self.columns.contains_key("day");
        self.day_columns = if by_day { day_columns(kind, row, days) } else { Vec::new() };
        if !self.day_columns.is_empty() {
            // With day columns, the amount column is the total of the days.
            self.columns.remove("amount");
        }
        // The unit is in the title, or in a row above the header for the entire table.
        let above = sheet.rows.iter().take(self.header_row).flatten().find_map(|cell| {
            let folded = text::normalize_for_search(&cell.text());
            if folded.contains("don vi tinh") || folded.contains("dvt") {
                spreadsheet::parse_unit(&folded)
            } else {
                None
            }
        });
        let power = |column: usize| row.get(column).and_then(|c| spreadsheet::parse_unit(&c.text())).or(above);
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

/// Detects the sheet, the header row and the columns; returns the sheet index and the mapping.
pub(super) fn detect(kind: ImportKind, sheets: &[Sheet], days: &[Day]) -> (usize, ColumnMapping) {
    let mut best: Option<((usize, usize), usize, ColumnMapping)> = None;
    for (ix, sheet) in sheets.iter().enumerate() {
        for (row, cells) in sheet.rows.iter().enumerate().take(MAX_HEADER_ROW) {
            let (columns, score) = match_columns(kind, cells, days);
            let by_day = if columns.contains_key("day") { 0 } else { day_columns(kind, cells, days).len().min(2) };
            let rank = (count_required(kind, &columns) + by_day, score);
            // Titles merged over two rows are copied to both: prefer the lower row, which has all titles.
            let better = best.as_ref().is_none_or(|(best_rank, at, mapping)| {
                let same = *at == ix
                    && row == mapping.header_row + 1
                    && columns.iter().all(|(_, c)| cells.get(*c) == sheet.rows.get(row - 1).and_then(|r| r.get(*c)));
                rank > *best_rank || (same && rank.0 >= best_rank.0)
            });
            if better && rank.0 > 0 {
                let mapping = ColumnMapping { header_row: row, columns, ..ColumnMapping::default() };
                best = Some((rank, ix, mapping));
            }
        }
    }
    let (at, mapping) = best.map(|(_, at, mapping)| (at, mapping)).unwrap_or_default();
    let mapping = match sheets.get(at) {
        Some(sheet) => mapping.derive_from_titles(kind, sheet, days),
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
    fn header_row_is_detected_below_title_rows() {
        let table = sheet(&[
            &["SỞ CÔNG THƯƠNG QUẢNG NINH"],
            &["BÁO CÁO DOANH THU GIAN HÀNG THEO NGÀY"],
            &["(Đơn vị tính: triệu đồng)"],
            &["STT", "Số gian", "Tên đơn vị", "Ngày", "Doanh thu", "Trong đó OCOP", "Ghi chú"],
            &["1", "A01", "HTX", "28/4/2018", "12,5", "10", ""],
        ]);
        let (_, mapping) = detect(ImportKind::Sales, std::slice::from_ref(&table), &[]);
        assert_eq!(mapping.header_row, 3);
        let columns: Vec<_> = mapping.columns.iter().map(|(name, column)| (name.as_str(), *column)).collect();
        assert_eq!(columns, [("amount", 4), ("booth", 1), ("day", 3), ("ocop_amount", 5)]);
        assert_eq!(mapping.powers["amount"], 6);
        assert!(mapping.missing_fields(ImportKind::Sales).is_empty());
    }

    #[test]
    fn day_columns_are_detected() {
        let days: Vec<Day> = (28..=30).map(|d| Day::from_ymd_opt(2018, 4, d).unwrap()).collect();
        let table = sheet(&[
            &["TT", "Gian", "28/4", "29/4", "30/4", "Tổng doanh thu (nghìn đồng)"],
            &["1", "A01", "1", "2", "3", "6"],
        ]);
        let (_, mapping) = detect(ImportKind::Sales, std::slice::from_ref(&table), &days);
        assert_eq!(mapping.day_columns, [(2, days[0]), (3, days[1]), (4, days[2])]);
        assert!(mapping.missing_fields(ImportKind::Sales).is_empty() && !mapping.columns.contains_key("amount"));
    }

    #[test]
    fn unrelated_sheet_misses_required_fields() {
        let table = sheet(&[&["Họ tên", "Ngày sinh"], &["Lan", "1/1/1990"]]);
        let (_, mapping) = detect(ImportKind::Booths, std::slice::from_ref(&table), &[]);
        assert_eq!(mapping.missing_fields(ImportKind::Booths), ["code"]);
    }
}
