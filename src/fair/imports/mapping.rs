//! Column mapping: detected from the header titles, can be changed by the user.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    context::ImportContext,
    fields::{Field, FieldKind, ImportKind},
    phrases,
};
use hoicho_core::values::clock::Day;
use hoicho_spreadsheet::{
    Cell, Sheet,
    parse::{Quantity, Unit, parse_title_unit},
};

/// Max rows that are searched for the header row.
pub(super) const MAX_HEADER_ROW: usize = 40;

/// Mapping of columns to fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct ColumnMapping {
    /// Header row, from 0; `None` if the table has no titles.
    pub(super) header_row: Option<usize>,
    /// Column index by field, from 0.
    pub(super) columns: BTreeMap<String, usize>,
    /// Columns that hold the sales of one day each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) day_columns: Vec<(usize, Day)>,
    /// Units by field, parsed from the titles.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) units: BTreeMap<String, Unit>,
}

/// Score of a title for a field.
fn score_title(title: &str, field: &Field) -> usize {
    field.titles.iter().map(|known| phrases::score_title(title, known)).max().unwrap_or(0)
}

/// Assigns columns to fields greedily by score; returns the columns by field and the total score.
fn match_columns(kind: ImportKind, row: &[Cell], context: &ImportContext) -> (BTreeMap<String, usize>, usize) {
    let mut fits: Vec<(usize, usize, &'static str)> = Vec::new();
    for (column, cell) in row.iter().enumerate() {
        let title = cell.text();
        // Titles are short; skip sentences, numbers and day columns.
        if title.is_empty() || title.len() > 80 || is_opening_day(cell, context).is_some() {
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

/// The opening day that a title names. The unit may stand beside it: `26/11 (triệu đồng)`.
fn is_opening_day(cell: &Cell, context: &ImportContext) -> Option<Day> {
    let days = context.day_context(false);
    let text = cell.text();
    let named = cell.parse_day(days).or_else(|error| match text.split_once('(') {
        Some((day, _)) => hoicho_spreadsheet::parse::parse_day(day, days),
        None => Err(error),
    });
    named.ok().filter(|day| context.days.contains(day))
}

fn day_columns(kind: ImportKind, row: &[Cell], context: &ImportContext) -> Vec<(usize, Day)> {
    if kind != ImportKind::Sales {
        return Vec::new();
    }
    let day = |(column, cell): (usize, &Cell)| Some((column, is_opening_day(cell, context)?));
    let columns: Vec<(usize, Day)> = row.iter().enumerate().filter_map(day).collect();
    if columns.len() >= 2 { columns } else { Vec::new() }
}

/// Whether a line above the table gives its unit: `Đơn vị tính: triệu đồng`.
fn names_unit(text: &str) -> bool {
    phrases::contains_any(&phrases::words(text), &["đơn vị tính", "đvt", "unit"])
}

impl ColumnMapping {
    /// Index of the first row of data.
    pub(super) fn first_row(&self) -> usize {
        self.header_row.map_or(0, |row| row + 1)
    }

    /// Required fields without a column.
    pub(super) fn missing_fields(&self, kind: ImportKind) -> Vec<&'static str> {
        let has = |name: &str| {
            self.columns.contains_key(name) || (!self.day_columns.is_empty() && matches!(name, "day" | "amount"))
        };
        // Zones of booths may be headings instead of a column.
        let by_heading = |f: &Field| kind == ImportKind::Booths && f.name == "zone";
        kind.fields().iter().filter(|f| f.is_required && !by_heading(f) && !has(f.name)).map(|f| f.name).collect()
    }

    /// Title of a column as in the file.
    pub(super) fn title(&self, sheet: &Sheet, column: usize) -> String {
        let row = self.header_row.and_then(|row| sheet.rows.get(row));
        row.and_then(|row| row.get(column)).map(Cell::text).unwrap_or_default()
    }

    /// Derives units and day columns from the titles. Must run after each change of the columns.
    pub(super) fn derive_from_titles(mut self, kind: ImportKind, sheet: &Sheet, context: &ImportContext) -> Self {
        let header = self.header_row.unwrap_or(0);
        let row = self.header_row.and_then(|row| sheet.rows.get(row)).map(Vec::as_slice).unwrap_or_default();
        let by_day = !self.columns.contains_key("day");
        self.day_columns = if by_day { day_columns(kind, row, context) } else { Vec::new() };
        if !self.day_columns.is_empty() {
            // With day columns, the amount column is the total of the days.
            self.columns.remove("amount");
        }
        // The unit is in the title, or in a row above the header for the entire table.
        let above = |quantity: Quantity| {
            let cells = sheet.rows.iter().take(header).flatten().map(Cell::text);
            cells.filter(|text| names_unit(text)).find_map(|text| parse_title_unit(&text, quantity))
        };
        let unit = |column: usize, quantity: Quantity| {
            let title = row.get(column).map(Cell::text).unwrap_or_default();
            let in_whole_table = || if quantity == Quantity::Area { None } else { above(quantity) };
            parse_title_unit(&title, quantity).or_else(in_whole_table)
        };
        let mut units = BTreeMap::new();
        for field in kind.fields() {
            let day_column = self.day_columns.first().filter(|_| field.name == "amount").map(|(column, _)| *column);
            let column = self.columns.get(field.name).copied().or(day_column);
            let quantity = match field.kind {
                FieldKind::Money => Quantity::Money(context.currency),
                FieldKind::Area => Quantity::Area,
                // Counts have no unit, except in their cells: `Đơn vị tính: triệu đồng` is about the amounts.
                FieldKind::Count
                | FieldKind::Text
                | FieldKind::Day
                | FieldKind::Expiry
                | FieldKind::Hours
                | FieldKind::YesNo
                | FieldKind::Stars => continue,
            };
            if let Some(unit) = column.and_then(|column| unit(column, quantity)) {
                units.insert(field.name.to_owned(), unit);
            }
        }
        self.units = units;
        self
    }
}

/// How well a row fits as titles: the required fields that it names, and the score of its titles.
type Rank = (usize, usize);

/// Detects the header row and the columns of a sheet; `None` if no row looks like titles.
fn detect_in_sheet(kind: ImportKind, sheet: &Sheet, context: &ImportContext) -> Option<(Rank, ColumnMapping)> {
    let mut best: Option<(Rank, usize, BTreeMap<String, usize>)> = None;
    for (row, cells) in sheet.rows.iter().enumerate().take(MAX_HEADER_ROW) {
        let (columns, score) = match_columns(kind, cells, context);
        let by_day = if columns.contains_key("day") { 0 } else { day_columns(kind, cells, context).len().min(2) };
        let rank = (count_required(kind, &columns) + by_day, score);
        // Titles merged over two rows are copied to both: prefer the lower row, which has all titles.
        let better = best.as_ref().is_none_or(|(best_rank, header, _)| {
            let same = row == header + 1
                && columns.iter().all(|(_, c)| cells.get(*c) == sheet.rows.get(row - 1).and_then(|r| r.get(*c)));
            rank > *best_rank || (same && rank.0 >= best_rank.0)
        });
        if better && rank.0 > 0 {
            best = Some((rank, row, columns));
        }
    }
    let (rank, row, columns) = best?;
    let mapping = ColumnMapping { header_row: Some(row), columns, ..ColumnMapping::default() };
    Some((rank, mapping.derive_from_titles(kind, sheet, context)))
}

/// What detection found in the sheets of a file.
pub(super) enum Detected {
    /// The table: index of the sheet, and its mapping.
    Table(usize, ColumnMapping),
    /// Several sheets have all columns: their names. The user must choose.
    Several(Vec<String>),
    /// No visible sheet has a row.
    Nothing,
}

/// Detects the sheet, the header row and the columns. Hidden sheets are only read if they are chosen.
pub(super) fn detect(kind: ImportKind, sheets: &[Sheet], context: &ImportContext, chosen: Option<&str>) -> Detected {
    let candidates: Vec<(usize, &Sheet)> = sheets
        .iter()
        .enumerate()
        .filter(|(_, sheet)| match chosen {
            Some(name) => sheet.name == name,
            // The notes of our own workbooks are no table.
            None => !sheet.is_hidden && !phrases::is_notes_title(&sheet.name),
        })
        .filter(|(_, sheet)| sheet.rows.iter().any(|row| !row.is_empty()))
        .collect();
    let mut found: Vec<_> = candidates
        .iter()
        .filter_map(|(ix, sheet)| detect_in_sheet(kind, sheet, context).map(|(rank, mapping)| (rank, *ix, mapping)))
        .collect();
    let complete: Vec<String> = found
        .iter()
        .filter(|(_, _, mapping)| mapping.missing_fields(kind).is_empty())
        .filter_map(|(_, ix, _)| Some(sheets.get(*ix)?.name.clone()))
        .collect();
    if complete.len() > 1 {
        return Detected::Several(complete);
    }
    // The highest rank, then the first sheet.
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    match (found.into_iter().next(), candidates.first()) {
        (Some((_, ix, mapping)), _) => Detected::Table(ix, mapping),
        (None, Some((ix, _))) => Detected::Table(*ix, ColumnMapping::default()),
        (None, None) => Detected::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use hoicho_spreadsheet::parse::Currency;

    use super::*;

    fn sheet(rows: &[&[&str]]) -> Sheet {
        let cell = |text: &&str| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) };
        Sheet { rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect(), ..Sheet::default() }
    }

    fn detected(kind: ImportKind, table: &Sheet, days: &[Day]) -> ColumnMapping {
        let context = ImportContext { days: days.to_vec(), currency: Currency::VND };
        match detect(kind, std::slice::from_ref(table), &context, None) {
            Detected::Table(0, mapping) => mapping,
            _ => panic!("no table"),
        }
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
        let mapping = detected(ImportKind::Sales, &table, &[]);
        assert_eq!(mapping.header_row, Some(3));
        let columns: Vec<_> = mapping.columns.iter().map(|(name, column)| (name.as_str(), *column)).collect();
        assert_eq!(columns, [("amount", 4), ("booth", 1), ("day", 3), ("ocop_amount", 5)]);
        assert_eq!(mapping.units["amount"], Unit::Scale(6));
        assert!(mapping.missing_fields(ImportKind::Sales).is_empty());
    }

    #[test]
    fn day_columns_are_detected() {
        let days: Vec<Day> = (28..=30).map(|d| Day::from_ymd_opt(2018, 4, d).unwrap()).collect();
        let table = sheet(&[
            &["TT", "Gian", "28/4", "29/4", "30/4", "Tổng doanh thu (nghìn đồng)"],
            &["1", "A01", "1", "2", "3", "6"],
        ]);
        let mapping = detected(ImportKind::Sales, &table, &days);
        assert_eq!(mapping.day_columns, [(2, days[0]), (3, days[1]), (4, days[2])]);
        assert!(mapping.missing_fields(ImportKind::Sales).is_empty() && !mapping.columns.contains_key("amount"));
    }

    #[test]
    fn unrelated_sheet_misses_required_fields() {
        let table = sheet(&[&["Họ tên", "Ngày sinh"], &["Lan", "1/1/1990"]]);
        let mapping = detected(ImportKind::Booths, &table, &[]);
        assert_eq!(mapping.missing_fields(ImportKind::Booths), ["code"]);
    }

    #[test]
    fn table_without_titles_has_no_header_row() {
        let table = sheet(&[&["A01", "27/11/2026", "500000"], &["A02", "27/11/2026", "600000"]]);
        let mapping = detected(ImportKind::Sales, &table, &[]);
        assert_eq!((mapping.header_row, mapping.first_row()), (None, 0));
        assert_eq!(mapping.missing_fields(ImportKind::Sales), ["booth", "day", "amount"]);
    }

    #[test]
    fn titles_that_only_contain_a_word_are_not_mapped() {
        let table =
            sheet(&[&["Mã gian", "Khu", "Thời gian", "Số lần tham gia", "Điện thoại"], &["A01", "1", "", "3", "0912"]]);
        let mapping = detected(ImportKind::Booths, &table, &[]);
        let columns: Vec<_> = mapping.columns.iter().map(|(name, column)| (name.as_str(), *column)).collect();
        assert_eq!(columns, [("code", 0), ("zone", 1)]);
    }
}
