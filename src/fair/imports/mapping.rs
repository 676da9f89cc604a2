//! Column mapping: detected from the header titles, can be changed by the user.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    context::ImportContext,
    fields::{Field, FieldKind, ImportKind},
    phrases::{self, Title, Words},
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
    pub(super) day_columns: Vec<DayColumn>,
    /// Units by field, parsed from the titles. That of the amounts is the one that all day columns have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) units: BTreeMap<String, Unit>,
    /// Units by field that the user chose; the titles do not count then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) chosen_units: BTreeMap<String, Unit>,
    /// Values for the whole table by field, from lines above it: `Khu vực: Ẩm thực`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) values_above: BTreeMap<String, String>,
    /// Values for the whole table by field that the user chose.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) chosen_values: BTreeMap<String, String>,
}

/// A column that holds the sales of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DayColumn {
    /// Index from 0.
    pub(super) column: usize,
    pub(super) day: Day,
    /// Unit of its own title, else of the table.
    pub(super) unit: Option<Unit>,
}

/// Score of a title for a field.
fn score_title(title: &Title, field: &Field) -> usize {
    field.titles.iter().map(|known| title.score(known)).max().unwrap_or(0)
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
        let title = Title::new(&title);
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

fn day_columns(kind: ImportKind, row: &[Cell], context: &ImportContext) -> Vec<DayColumn> {
    if kind != ImportKind::Sales {
        return Vec::new();
    }
    let day =
        |(column, cell): (usize, &Cell)| Some(DayColumn { column, day: is_opening_day(cell, context)?, unit: None });
    let columns: Vec<DayColumn> = row.iter().enumerate().filter_map(day).collect();
    if columns.len() >= 2 { columns } else { Vec::new() }
}

/// Whether a line above the table gives its unit: `Đơn vị tính: triệu đồng`.
fn names_unit(text: &str) -> bool {
    Words::new(text).contains_any(&["đơn vị tính", "đvt", "unit"])
}

/// The value that a line above the table gives a field: `Khu vực: Ẩm thực`.
fn value_of_line(text: &str, field: &Field) -> Option<String> {
    let (label, value) = text.split_once(':')?;
    let is_label = Words::new(label).is_one_of(field.titles);
    Some(value.trim().to_owned()).filter(|value| is_label && !value.is_empty())
}

impl ColumnMapping {
    /// Index of the first row of data.
    pub(super) fn first_row(&self) -> usize {
        self.header_row.map_or(0, |row| row + 1)
    }

    /// Required fields without a column.
    pub(super) fn missing_fields(&self, kind: ImportKind) -> Vec<&'static str> {
        let has = |name: &str| {
            self.columns.contains_key(name)
                || self.value(name).is_some()
                || (!self.day_columns.is_empty() && matches!(name, "day" | "amount"))
        };
        // Zones of booths may be headings instead of a column.
        let by_heading = |f: &Field| kind == ImportKind::Booths && f.name == "zone";
        kind.fields().iter().filter(|f| f.is_required && !by_heading(f) && !has(f.name)).map(|f| f.name).collect()
    }

    /// Value of a field for the whole table.
    pub(super) fn value(&self, field: &str) -> Option<&str> {
        self.chosen_values.get(field).or_else(|| self.values_above.get(field)).map(String::as_str)
    }

    /// Title of a column as in the file.
    pub(super) fn title(&self, sheet: &Sheet, column: usize) -> String {
        let row = self.header_row.and_then(|row| sheet.rows.get(row));
        row.and_then(|row| row.get(column)).map(Cell::text).unwrap_or_default()
    }

    /// Derives units, day columns and values for the whole table from the titles and what stands above them. Must run after each change
    /// of the columns.
    pub(super) fn derive_from_titles(mut self, kind: ImportKind, sheet: &Sheet, context: &ImportContext) -> Self {
        let header = self.header_row.unwrap_or(0);
        let row = self.header_row.and_then(|row| sheet.rows.get(row)).map(Vec::as_slice).unwrap_or_default();
        let by_day = !self.columns.contains_key("day");
        self.day_columns = if by_day { day_columns(kind, row, context) } else { Vec::new() };
        if !self.day_columns.is_empty() {
            // With day columns, the amount column is the total of the days.
            self.columns.remove("amount");
        }
        let lines_above = || sheet.rows.iter().take(header).flatten().map(Cell::text);
        let is_given_once = |f: &&Field| f.inherits_from_above && !self.columns.contains_key(f.name);
        let value_above = |f: &Field| {
            let value = lines_above().find_map(|text| value_of_line(&text, f))?;
            Some((f.name.to_owned(), value))
        };
        self.values_above = kind.fields().iter().filter(is_given_once).filter_map(value_above).collect();
        // The unit is in the title, or in a row above the header for the entire table.
        let above = |quantity: Quantity| {
            lines_above().filter(|text| names_unit(text)).find_map(|text| parse_title_unit(&text, quantity))
        };
        let own_unit = |column: usize, quantity: Quantity| {
            parse_title_unit(&row.get(column).map(Cell::text).unwrap_or_default(), quantity)
        };
        let in_whole_table = |quantity: Quantity| if quantity == Quantity::Area { None } else { above(quantity) };
        let money = Quantity::Money(context.currency);
        let (chosen, common) = (self.chosen_units.get("amount").copied(), in_whole_table(money));
        let is_own = self.day_columns.iter().any(|day| own_unit(day.column, money).is_some());
        for day in &mut self.day_columns {
            // Beside columns that name their unit, one that names none is unclear.
            let otherwise = common.or_else(|| is_own.then_some(Unit::Unknown));
            day.unit = chosen.or_else(|| own_unit(day.column, money)).or(otherwise);
        }
        let mut units = BTreeMap::new();
        if let Some(first) = self.day_columns.first().and_then(|day| day.unit)
            && self.day_columns.iter().all(|day| day.unit == Some(first))
        {
            units.insert("amount".to_owned(), first);
        }
        for field in kind.fields() {
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
            let Some(column) = self.columns.get(field.name).copied() else { continue };
            let of_title = || own_unit(column, quantity).or_else(|| in_whole_table(quantity));
            if let Some(unit) = self.chosen_units.get(field.name).copied().or_else(of_title) {
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
        let columns: Vec<_> = mapping.day_columns.iter().map(|d| (d.column, d.day, d.unit)).collect();
        assert_eq!(columns, [(2, days[0], None), (3, days[1], None), (4, days[2], None)]);
        assert!(mapping.missing_fields(ImportKind::Sales).is_empty() && !mapping.columns.contains_key("amount"));
    }

    #[test]
    fn each_day_column_has_the_unit_of_its_own_title() {
        let days: Vec<Day> = (28..=30).map(|d| Day::from_ymd_opt(2018, 4, d).unwrap()).collect();
        let units = |titles: [&str; 3]| {
            let header: Vec<&str> = std::iter::once("Gian").chain(titles).collect();
            let table = sheet(&[header.as_slice(), &["A01", "1", "2", "3"]]);
            let mapping = detected(ImportKind::Sales, &table, &days);
            (mapping.day_columns.iter().map(|d| d.unit).collect::<Vec<_>>(), mapping.units.get("amount").copied())
        };
        let [million, thousand] = [Some(Unit::Scale(6)), Some(Unit::Scale(3))];
        let mixed = units(["28/4 (triệu đồng)", "29/4 (nghìn đồng)", "30/4 (triệu đồng)"]);
        assert_eq!(mixed, (vec![million, thousand, million], None));
        let same = units(["28/4 (triệu đồng)", "29/4 (trđ)", "30/4 (triệu đồng)"]);
        assert_eq!(same, (vec![million; 3], million));
        let without = units(["28/4 (triệu đồng)", "29/4", "30/4 (vạn đồng)"]);
        assert_eq!(without, (vec![million, Some(Unit::Unknown), Some(Unit::Unknown)], None));
    }

    #[test]
    fn value_above_the_table_is_for_all_of_its_rows() {
        let table = sheet(&[&["Khu vực: Ẩm thực"], &["Mã gian", "Phí"], &["A01", "0"]]);
        let mapping = detected(ImportKind::Booths, &table, &[]);
        assert_eq!(mapping.value("zone"), Some("Ẩm thực"));
        let with_column = sheet(&[&["Khu vực: Ẩm thực"], &["Mã gian", "Khu"], &["A01", "B"]]);
        assert_eq!(detected(ImportKind::Booths, &with_column, &[]).value("zone"), None);
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
