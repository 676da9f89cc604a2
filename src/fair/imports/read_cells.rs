//! Reads the cells of fields with what surrounds them: the unit of the title, the decimal mark of the column, the epoch of the
//! workbook.
use std::collections::BTreeMap;

use super::{
    context::ImportContext,
    fields::{FieldKind, ImportKind},
    mapping::{ColumnMapping, DayColumn},
};
use hoicho_core::values::clock::Day;
use hoicho_spreadsheet::{
    Cell, Sheet,
    parse::{DayError, DecimalMark, NumberContext, ParseError, Quantity, Unit, column_decimal_mark},
};

/// A reader of the cells of one table.
pub(super) struct CellReader<'a> {
    kind: ImportKind,
    context: &'a ImportContext,
    units: &'a BTreeMap<String, Unit>,
    marks: BTreeMap<&'static str, DecimalMark>,
    counts_from_1904: bool,
}

impl<'a> CellReader<'a> {
    /// Looks through the columns of numbers for their decimal marks.
    pub(super) fn new(kind: ImportKind, sheet: &Sheet, mapping: &'a ColumnMapping, context: &'a ImportContext) -> Self {
        let mut marks = BTreeMap::new();
        for field in kind.fields() {
            let days = mapping.day_columns.iter().filter(|_| field.name == "amount").map(|day| day.column);
            let columns: Vec<usize> = mapping.columns.get(field.name).copied().into_iter().chain(days).collect();
            if !matches!(field.kind, FieldKind::Money | FieldKind::Area | FieldKind::Count) || columns.is_empty() {
                continue;
            }
            let rows = sheet.rows.iter().skip(mapping.first_row());
            let cells = rows.flat_map(|row| columns.iter().filter_map(|column| row.get(*column)));
            let texts = cells.filter_map(|cell| match cell {
                Cell::Text(text) => Some(text.as_str()),
                Cell::Empty
                | Cell::Number(_)
                | Cell::Day(_)
                | Cell::Moment(..)
                | Cell::Time(_)
                | Cell::Error(_)
                | Cell::Formula => None,
            });
            if let Some(mark) = column_decimal_mark(texts) {
                marks.insert(field.name, mark);
            }
        }
        Self { kind, context, units: &mapping.units, marks, counts_from_1904: sheet.counts_from_1904 }
    }

    /// What the numbers of a field count.
    pub(super) fn quantity(&self, field: &str) -> Quantity {
        let kind = self.kind.fields().iter().find(|f| f.name == field).map(|f| f.kind);
        match kind {
            Some(FieldKind::Money) => Quantity::Money(self.context.currency),
            Some(FieldKind::Area) => Quantity::Area,
            Some(
                FieldKind::Count
                | FieldKind::Text
                | FieldKind::Day
                | FieldKind::Expiry
                | FieldKind::Hours
                | FieldKind::YesNo
                | FieldKind::Stars,
            )
            | None => Quantity::Count,
        }
    }

    /// Parses a number.
    pub(super) fn number(&self, field: &str, cell: &Cell) -> Result<i64, ParseError> {
        self.number_in(field, cell, self.units.get(field).copied())
    }

    /// Parses the amount of a day column.
    pub(super) fn amount(&self, day: DayColumn, cell: &Cell) -> Result<i64, ParseError> {
        self.number_in("amount", cell, day.unit)
    }

    fn number_in(&self, field: &str, cell: &Cell, title_unit: Option<Unit>) -> Result<i64, ParseError> {
        let context = NumberContext { title_unit, decimal_mark: self.marks.get(field).copied() };
        cell.parse_number(self.quantity(field), context)
    }

    /// Parses a date, or the last day of validity.
    pub(super) fn day(&self, field: &str, cell: &Cell) -> Result<Day, DayError> {
        let context = self.context.day_context(self.counts_from_1904);
        let is_expiry = self.kind.fields().iter().any(|f| f.name == field && f.kind == FieldKind::Expiry);
        if is_expiry { cell.parse_expiry(context) } else { cell.parse_day(context) }
    }
}
