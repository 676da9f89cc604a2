//! The rows of a table that mean something: no blank ones, no headings, no totals, no signatures under it.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{fields::ImportKind, mapping::Mapping};
use hoicho_core::values::{clock::Day, text};
use hoicho_spreadsheet::{Cell, Sheet};

/// A row with its cells by field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// As the spreadsheet counts it, from 1.
    pub(super) row: u64,
    /// Where days are columns: which.
    pub(super) day: Option<Day>,
    cells: BTreeMap<&'static str, Cell>,
    /// The last heading above it.
    pub(super) heading: Option<String>,
}

static EMPTY: Cell = Cell::Empty;

impl Line {
    /// What stands in a field's column.
    pub(super) fn cell(&self, field: &str) -> &Cell {
        self.cells.get(field).unwrap_or(&EMPTY)
    }
    /// As text; `None` for nothing.
    pub(super) fn text(&self, field: &str) -> Option<String> {
        Some(self.cell(field).text()).filter(|t| !t.is_empty())
    }
}

/// Why a row was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Passed {
    /// It adds up others.
    Total,
    /// It names those below it.
    Heading,
    /// It stands under the table.
    Note,
}

/// A row that was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PassedRow {
    /// As the spreadsheet counts it.
    pub row: u64,
    /// Why.
    pub why: Passed,
}

/// A total as the table says it beside what its rows add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Total {
    /// As the spreadsheet counts it.
    pub row: u64,
    /// What the table says.
    pub stated: i64,
    /// What its rows add up to.
    pub computed: i64,
}

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Lines {
    pub(super) lines: Vec<Line>,
    pub(super) passed: Vec<PassedRow>,
    /// Totals that are not what their rows add up to.
    pub(super) totals: Vec<Total>,
}

/// Whether a cell says that its row adds up others. A "Tổng công ty" is a company.
fn says_total(cell: &Cell) -> bool {
    let folded: String = text::fold(&cell.text()).chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect();
    let said = folded.trim();
    let exact =
        ["tong", "cong", "tong so", "tong cong", "total", "grand total", "luy ke", "tong doanh thu", "tong luot khach"];
    exact.contains(&said)
        || (said.starts_with("tong cong ") && !said.starts_with("tong cong ty"))
        || said.starts_with("cong khu ")
        || said.starts_with("tong khu ")
        || said.starts_with("cong ngay ")
        || said.starts_with("tong ngay ")
}

/// Reads the rows under the titles.
pub(super) fn lines(kind: ImportKind, sheet: &Sheet, mapping: &Mapping) -> Lines {
    let mut found = Lines::default();
    let (mut carried, mut heading): (BTreeMap<&'static str, Cell>, Option<String>) = (BTreeMap::new(), None);
    let power = |field: &str| mapping.power(field);
    let (mut since_start, mut since_total) = (0_i64, 0_i64);
    let mut is_over = false;
    for (at, row) in sheet.rows.iter().enumerate().skip(mapping.header_row + 1) {
        let number = u64::try_from(at + 1).unwrap_or(u64::MAX);
        let filled: Vec<&Cell> = row.iter().filter(|c| !c.is_empty()).collect();
        if filled.is_empty() {
            continue;
        }
        let field_cell = |name: &str| mapping.columns.get(name).and_then(|column| row.get(*column)).unwrap_or(&EMPTY);
        // In the first cells, for "Cộng" may be a name further right.
        if filled.iter().take(2).any(|c| says_total(c)) {
            found.passed.push(PassedRow { row: number, why: Passed::Total });
            is_over = true;
            let stated = match kind.summed() {
                Some(field) if mapping.day_columns.is_empty() => field_cell(field).amount(power(field)),
                Some(field) => mapping
                    .day_columns
                    .iter()
                    .map(|(column, _)| row.get(*column).unwrap_or(&EMPTY).amount(power(field)))
                    .sum::<Option<i64>>(),
                None => None,
            };
            if let Some(stated) = stated.filter(|s| *s != since_start && *s != since_total) {
                found.totals.push(Total { row: number, stated, computed: since_start });
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
        let by_day: Vec<(Day, &Cell)> = mapping
            .day_columns
            .iter()
            .filter_map(|(column, day)| Some((*day, row.get(*column).filter(|c| !c.is_empty())?)))
            .collect();
        // One value in the whole row: a heading over those below it, or a note under the table.
        let first = filled.first().map(|c| c.text()).unwrap_or_default();
        let alone = filled.iter().all(|c| c.text() == first) || (filled.len() == 2 && is_numeral(&first));
        let needed = kind.fields().iter().filter(|f| f.is_needed);
        let own = needed.filter(|f| !f.carries && cells.contains_key(f.name)).count() + by_day.len();
        let wanted = kind.fields().iter().filter(|f| f.is_needed && !f.carries).count();
        if alone && (wanted > 1 || own == 0 || kind == ImportKind::Booths && heading_like(&first)) && own < 2 {
            let why = if is_over { Passed::Note } else { Passed::Heading };
            found.passed.push(PassedRow { row: number, why });
            if !is_over {
                heading = filled.last().map(|c| c.text());
            }
            continue;
        }
        // Under the totals come signatures and remarks, which lack what a row is made of.
        if own == 0 || (is_over && (own < wanted || filled.len() == 1)) {
            found.passed.push(PassedRow { row: number, why: Passed::Note });
            continue;
        }
        for field in kind.fields().iter().filter(|f| f.carries) {
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
        // A row with days for columns is as many lines as it has days.
        let of_day = |(day, cell): (Day, &Cell)| {
            let mut cells = cells.clone();
            cells.insert("amount", cell.clone());
            (Some(day), cells)
        };
        let lines: Vec<_> =
            if mapping.day_columns.is_empty() { vec![(None, cells)] } else { by_day.into_iter().map(of_day).collect() };
        for (day, cells) in lines {
            let amount = kind.summed().and_then(|field| cells.get(field)?.amount(power(field))).unwrap_or(0);
            since_start = since_start.saturating_add(amount);
            since_total = since_total.saturating_add(amount);
            found.lines.push(Line { row: number, day, cells, heading: heading.clone() });
        }
    }
    found
}

/// `I`, `II`, `1`, `A`: the number of a heading.
fn is_numeral(said: &str) -> bool {
    let said = said.trim_end_matches(['.', ')', ':']);
    !said.is_empty() && said.len() <= 4 && said.chars().all(|c| "IVXLABCDEF0123456789".contains(c))
}

/// Whether words name a part of the floor and no booth.
fn heading_like(said: &str) -> bool {
    let folded = text::fold(said);
    folded.contains("khu ") || folded.starts_with("nha ") || folded.starts_with("zone ")
}
