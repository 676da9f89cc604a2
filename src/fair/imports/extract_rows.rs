//! Extracts the data rows of a sheet: skips blank rows, headings, totals, and signatures below the table.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    fields::ImportKind,
    mapping::{ColumnMapping, DayColumn},
    phrases::{self, Words},
    read_cells::CellReader,
    vocabulary,
};
use hoicho_spreadsheet::{Cell, Sheet, parse::ParseError};
use hoicho_web::http::spreadsheet::unescape_formula;

/// A data row with its cells by field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DataRow {
    /// Row number in the spreadsheet, from 1.
    pub(super) row: u64,
    /// The column, if days are columns.
    pub(super) day_column: Option<DayColumn>,
    cells: BTreeMap<&'static str, Cell>,
    /// Text of the last heading above the row.
    pub(super) heading: Option<String>,
}

static EMPTY: Cell = Cell::Empty;

impl DataRow {
    /// Cell of a field; empty if no column is mapped.
    pub(super) fn cell(&self, field: &str) -> &Cell {
        self.cells.get(field).unwrap_or(&EMPTY)
    }
    /// Number of a cell, in the unit of its column.
    pub(super) fn number(&self, reader: &CellReader<'_>, field: &str) -> Result<i64, ParseError> {
        match self.day_column.filter(|_| field == "amount") {
            Some(day) => reader.amount(day, self.cell(field)),
            None => reader.number(field, self.cell(field)),
        }
    }
    /// Text of a cell; `None` if it is empty.
    pub(super) fn text(&self, field: &str) -> Option<String> {
        Some(unescape_formula(&self.cell(field).text()).to_owned()).filter(|t| !t.is_empty())
    }
}

/// Why a row was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Passed {
    /// Total of other rows.
    Total,
    /// Heading of the rows below.
    Heading,
    /// Text below the table.
    Note,
    /// The workbook does not show the row.
    Hidden,
    /// A represented company, which has no record of its own.
    Represented,
}

/// A skipped row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PassedRow {
    /// As the spreadsheet counts it.
    pub row: u64,
    /// Why.
    pub why: Passed,
}

/// A total in the file that differs from the sum of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Total {
    /// As the spreadsheet counts it.
    pub row: u64,
    /// Value in the file.
    pub stated: i64,
    /// Sum of the rows.
    pub computed: i64,
}

/// Data rows and skipped rows of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct ExtractedRows {
    pub(super) rows: Vec<DataRow>,
    pub(super) skipped: Vec<PassedRow>,
    /// Totals that differ from the sum of their rows.
    pub(super) totals: Vec<Total>,
}

/// Whether a cell is the label of a total row. "Tổng công ty" is a company and "Cổng" a gate, not a total.
fn is_total(cell: &Cell) -> bool {
    let Cell::Text(text) = cell else { return false };
    let label = Words::new(text);
    let exact =
        ["tổng", "cộng", "tổng số", "tổng cộng", "total", "grand total", "lũy kế", "tổng doanh thu", "tổng lượt khách"];
    let begins = ["tổng cộng", "cộng khu", "tổng khu", "cộng ngày", "tổng ngày"];
    label.is_one_of(&exact)
        || (begins.iter().any(|phrase| label.find(phrase) == Some(0)) && label.find("tổng công ty").is_none())
}

/// Extracts the data rows below the header row.
pub(super) fn extract_rows(
    kind: ImportKind,
    sheet: &Sheet,
    mapping: &ColumnMapping,
    reader: &CellReader<'_>,
) -> ExtractedRows {
    let mut result = ExtractedRows::default();
    let (mut carried, mut heading): (BTreeMap<&'static str, Cell>, Option<String>) = (BTreeMap::new(), None);
    let number = |field: &str, cell: &Cell| reader.number(field, cell).ok();
    let (mut since_start, mut since_total) = (0_i64, 0_i64);
    let (mut has_seen_total, mut has_seen_notes) = (false, false);
    for (at, row) in sheet.rows.iter().enumerate().skip(mapping.first_row()) {
        let line = u64::try_from(at + 1).unwrap_or(u64::MAX);
        let filled: Vec<&Cell> = row.iter().filter(|c| !c.is_empty()).collect();
        if filled.is_empty() {
            continue;
        }
        if sheet.hidden_rows.binary_search(&at).is_ok() {
            result.skipped.push(PassedRow { row: line, why: Passed::Hidden });
            continue;
        }
        has_seen_notes |= filled.len() == 1 && filled.iter().any(|cell| phrases::is_notes_title(&cell.text()));
        if has_seen_notes {
            result.skipped.push(PassedRow { row: line, why: Passed::Note });
            continue;
        }
        let field_cell = |name: &str| mapping.columns.get(name).and_then(|column| row.get(*column)).unwrap_or(&EMPTY);
        // Only in the first two cells: further right "Cộng" may be a name.
        if filled.iter().take(2).any(|c| is_total(c)) {
            result.skipped.push(PassedRow { row: line, why: Passed::Total });
            has_seen_total = true;
            let stated = match kind.total_field() {
                Some(field) if mapping.day_columns.is_empty() => number(field, field_cell(field)),
                Some(_) => mapping
                    .day_columns
                    .iter()
                    .map(|day| reader.amount(*day, row.get(day.column).unwrap_or(&EMPTY)).ok())
                    .sum::<Option<i64>>(),
                None => None,
            };
            if let Some(stated) = stated.filter(|s| *s != since_start && *s != since_total) {
                result.totals.push(Total { row: line, stated, computed: since_start });
            }
            since_total = 0;
            continue;
        }
        let mut cells: BTreeMap<&'static str, Cell> = BTreeMap::new();
        for field in kind.fields() {
            let cell = field_cell(field.name);
            if !cell.is_empty() {
                cells.insert(field.name, cell.clone());
            }
        }
        let is_represented = |cell: &Cell| kind == ImportKind::Exhibitors && vocabulary::is_represented(&cell.text());
        if cells.get("role").is_some_and(is_represented) {
            result.skipped.push(PassedRow { row: line, why: Passed::Represented });
            continue;
        }
        let by_day: Vec<(DayColumn, &Cell)> = mapping
            .day_columns
            .iter()
            .filter_map(|day| Some((*day, row.get(day.column).filter(|c| !c.is_empty())?)))
            .collect();
        // A row with a single value is a heading of the rows below, or a note below the table.
        let first = filled.first().map(|c| c.text()).unwrap_or_default();
        let alone = filled.iter().all(|c| c.text() == first) || (filled.len() == 2 && is_numeral(&first));
        let needed = kind.fields().iter().filter(|f| f.is_required);
        let own = needed.filter(|f| !f.inherits_from_above && cells.contains_key(f.name)).count() + by_day.len();
        let wanted = kind.fields().iter().filter(|f| f.is_required && !f.inherits_from_above).count();
        if alone && (wanted > 1 || own == 0 || kind == ImportKind::Booths && is_zone_heading(&first)) && own < 2 {
            let why = if has_seen_total { Passed::Note } else { Passed::Heading };
            result.skipped.push(PassedRow { row: line, why });
            if !has_seen_total {
                heading = filled.last().map(|c| c.text());
            }
            continue;
        }
        // Rows below the totals without the required fields are signatures and remarks.
        if own == 0 || (has_seen_total && (own < wanted || filled.len() == 1)) {
            result.skipped.push(PassedRow { row: line, why: Passed::Note });
            continue;
        }
        for field in kind.fields().iter().filter(|f| f.inherits_from_above) {
            match cells.get(field.name) {
                Some(cell) => {
                    carried.insert(field.name, cell.clone());
                }
                None => {
                    if let Some(above) = carried.get(field.name) {
                        cells.insert(field.name, above.clone());
                    }
                }
            }
        }
        for field in kind.fields() {
            // A heading is nearer than a value for the whole table.
            let has_value = cells.contains_key(field.name) || (field.name == "zone" && heading.is_some());
            if let Some(value) = mapping.value(field.name).filter(|_| !has_value) {
                cells.insert(field.name, Cell::Text(value.to_owned()));
            }
        }
        // With days as columns, a row is split into one line per day.
        let of_day = |(day, cell): (DayColumn, &Cell)| {
            let mut cells = cells.clone();
            cells.insert("amount", cell.clone());
            (Some(day), cells)
        };
        let lines: Vec<_> =
            if mapping.day_columns.is_empty() { vec![(None, cells)] } else { by_day.into_iter().map(of_day).collect() };
        for (day_column, cells) in lines {
            let amount = kind.total_field().and_then(|field| match day_column {
                Some(day) => reader.amount(day, cells.get(field)?).ok(),
                None => number(field, cells.get(field)?),
            });
            let amount = amount.unwrap_or(0);
            since_start = since_start.saturating_add(amount);
            since_total = since_total.saturating_add(amount);
            result.rows.push(DataRow { row: line, day_column, cells, heading: heading.clone() });
        }
    }
    result
}

/// Whether the text is the number of a heading: `I`, `II`, `1`, `A`.
fn is_numeral(text: &str) -> bool {
    let text = text.trim_end_matches(['.', ')', ':']);
    !text.is_empty() && text.len() <= 4 && text.chars().all(|c| "IVXLABCDEF0123456789".contains(c))
}

/// Whether the text names a zone of the floor, not a booth.
fn is_zone_heading(text: &str) -> bool {
    let words = Words::new(text);
    words.contains_any(&["khu"]) || ["nhà", "zone"].iter().any(|word| words.find(word) == Some(0))
}
