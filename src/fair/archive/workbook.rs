//! Writes records to an XLSX workbook for people, one sheet per record type: titles and words of the reader's language, dates of the
//! edition's time zone, names beside identifiers' place, and totals. It cannot be imported.
use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveDateTime, TimeZone};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{
    record::Record,
    workbook_columns::{CellKind, adds_up, cell_kind, label},
};
use crate::tables::currency_unit;
use hoicho_core::{
    i18n::{Language, Localizer, countries, format},
    values::clock::Day,
};
use hoicho_web::http::{
    Code, Problem,
    spreadsheet::{MAX_SHEET_ROWS, escape_formula},
};

fn write_error(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "failed to write workbook");
    Code::Internal.into()
}

/// Fields of a record in the order of their declaration, which is that of the columns.
struct Fields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a record")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}

/// Width of a column in characters: for the usual values, and for the title with the button of the filter.
fn width(kind: CellKind, title: &str) -> f64 {
    let usual = match kind {
        CellKind::Text | CellKind::Reference => 24,
        CellKind::Code(_) | CellKind::Country | CellKind::Money => 18,
        CellKind::Instant => 17,
        CellKind::Day | CellKind::Area | CellKind::Thousandths => 12,
    };
    let title = u32::try_from(title.chars().count() + 4).unwrap_or(u32::MAX);
    f64::from(title.max(usual).min(60))
}

/// A sheet with the records so far.
struct SheetState {
    index: usize,
    /// Last written row.
    line: u32,
    columns: Vec<String>,
    /// Sums of the columns that add up.
    totals: Vec<Option<i64>>,
}

/// Formats of cells.
struct Formats {
    plain: Format,
    bold: Format,
    day: Format,
    instant: Format,
    integer: Format,
    decimal: Format,
}

impl Formats {
    fn new() -> Self {
        let number = |pattern: &str| Format::new().set_num_format(pattern);
        Self {
            plain: Format::new(),
            bold: Format::new().set_bold(),
            day: number("dd/mm/yyyy"),
            instant: number("dd/mm/yyyy hh:mm"),
            integer: number("#,##0"),
            decimal: number("#,##0.00"),
        }
    }
}

/// What depends on the reader and the edition.
struct Context {
    localizer: Localizer,
    time_zone: chrono_tz::Tz,
    /// ISO 4217 code of the currency.
    currency: String,
    /// Its decimal places.
    minor_digits: u32,
    /// Names by identifier: zones, booths, exhibitors, gates, and what belongs to them.
    names: HashMap<String, String>,
    formats: Formats,
}

/// Workbook writer in constant-memory mode: rows are flushed to a temporary file.
pub(super) struct RecordWorkbook {
    book: Workbook,
    /// By record type.
    sheets: BTreeMap<String, SheetState>,
    context: Context,
}

impl Context {
    /// `number * 10^-digits`; exact up to 2^53, as cells are.
    fn decimal(number: &serde_json::Number, digits: u32) -> f64 {
        let divisor = 10_u32.checked_pow(digits).map_or(1.0, f64::from);
        number.as_f64().unwrap_or_default() / divisor
    }

    fn write_number(
        &self,
        sheet: &mut Worksheet,
        at: (u32, u16),
        kind: CellKind,
        number: &serde_json::Number,
        is_total: bool,
    ) -> Result<(), XlsxError> {
        let (digits, format) = match kind {
            CellKind::Money if self.minor_digits > 0 => (self.minor_digits, &self.formats.decimal),
            CellKind::Area => (2, &self.formats.decimal),
            CellKind::Thousandths => (3, &self.formats.plain),
            CellKind::Money
            | CellKind::Text
            | CellKind::Code(_)
            | CellKind::Country
            | CellKind::Day
            | CellKind::Instant
            | CellKind::Reference => (0, &self.formats.integer),
        };
        let (value, bold) = (Self::decimal(number, digits), format.clone().set_bold());
        sheet.write_with_format(at.0, at.1, value, if is_total { &bold } else { format }).map(drop)
    }

    fn write_text(
        &self,
        sheet: &mut Worksheet,
        (line, column): (u32, u16),
        kind: CellKind,
        text: &str,
    ) -> Result<(), XlsxError> {
        let parse = |text: String| ExcelDateTime::parse_from_str(&text).ok();
        let date = match kind {
            CellKind::Day => text.parse::<Day>().ok().and_then(|day| parse(day.to_string())),
            CellKind::Instant => text.parse::<NaiveDateTime>().ok().and_then(|at| {
                let local = self.time_zone.from_utc_datetime(&at).naive_local();
                parse(local.format("%Y-%m-%dT%H:%M:%S").to_string())
            }),
            CellKind::Text
            | CellKind::Code(_)
            | CellKind::Country
            | CellKind::Money
            | CellKind::Area
            | CellKind::Thousandths
            | CellKind::Reference => None,
        };
        if let Some(date) = date {
            let format = if kind == CellKind::Day { &self.formats.day } else { &self.formats.instant };
            return sheet.write_with_format(line, column, &date, format).map(drop);
        }
        let words = match kind {
            CellKind::Code(set) => self.localizer.localize_value(set, text),
            CellKind::Country => countries::name(self.localizer.0, text),
            CellKind::Reference => self.names.get(text).cloned().unwrap_or_else(|| text.to_owned()),
            CellKind::Text
            | CellKind::Day
            | CellKind::Instant
            | CellKind::Money
            | CellKind::Area
            | CellKind::Thousandths => text.to_owned(),
        };
        sheet.write(line, column, escape_formula(&words)).map(drop)
    }

    /// Title of a column; instants are in the time zone of the edition, which the title names.
    fn title(&self, kind: CellKind, name: &str) -> String {
        let title = self.localizer.localize_value("archive-column", name);
        match kind {
            CellKind::Instant => format!("{title} ({})", self.time_zone.name()),
            CellKind::Money => format!("{title} ({})", currency_unit(&self.currency, self.localizer.0)),
            CellKind::Text
            | CellKind::Code(_)
            | CellKind::Country
            | CellKind::Day
            | CellKind::Area
            | CellKind::Thousandths
            | CellKind::Reference => title,
        }
    }

    /// The rules of a zone as words.
    fn rules(&self, rules: &Map<String, Value>) -> String {
        let words = rules.iter().flat_map(|(name, values)| {
            let set = match name.as_str() {
                "product_groups" => Some("product-group"),
                "legal_forms" => Some("legal-form"),
                _ => None,
            };
            let values = values.as_array().into_iter().flatten().filter_map(Value::as_str);
            values
                .map(move |value| set.map_or_else(|| value.to_owned(), |set| self.localizer.localize_value(set, value)))
        });
        words.collect::<Vec<_>>().join("; ")
    }

    fn write(&self, sheet: &mut Worksheet, at: (u32, u16), kind: CellKind, value: &Value) -> Result<(), XlsxError> {
        match value {
            Value::Null => Ok(()),
            Value::Bool(value) => sheet.write_boolean(at.0, at.1, *value).map(drop),
            Value::Number(number) => self.write_number(sheet, at, kind, number, false),
            Value::String(text) => self.write_text(sheet, at, kind, text),
            Value::Object(rules) => sheet.write(at.0, at.1, self.rules(rules)).map(drop),
            Value::Array(_) => sheet.write(at.0, at.1, value.to_string()).map(drop),
        }
    }
}

impl RecordWorkbook {
    pub(super) fn new(language: Language) -> Self {
        let context = Context {
            localizer: Localizer(language),
            time_zone: chrono_tz::UTC,
            currency: String::new(),
            minor_digits: 0,
            names: HashMap::new(),
            formats: Formats::new(),
        };
        Self { book: Workbook::new(), sheets: BTreeMap::new(), context }
    }

    /// Adds a sheet for a record type, with its titles.
    fn add_sheet(&mut self, kind: &str, columns: Vec<String>) -> Result<SheetState, XlsxError> {
        let (index, localizer) = (self.sheets.len(), self.context.localizer);
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(localizer.localize_value("archive-sheet", kind))?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, name) in (0_u16..).zip(&columns) {
            let kind = cell_kind(kind, name);
            let title = self.context.title(kind, name);
            sheet.set_column_width(column, width(kind, &title))?;
            sheet.write_with_format(0, column, title, &self.context.formats.bold)?;
        }
        let totals = columns.iter().map(|name| adds_up(kind, name).then_some(0)).collect();
        Ok(SheetState { index, line: 0, columns, totals })
    }

    /// Appends a record to its sheet; creates the sheet on the first record.
    pub(super) fn append(&mut self, record: &Record) -> Result<(), Problem> {
        let json = serde_json::to_string(record).map_err(|e| write_error(&e))?;
        let Fields(fields) = serde_json::from_str(&json).map_err(|e| write_error(&e))?;
        let columns = || fields.iter().map(|(name, _)| name.clone()).filter(|name| name != "record").collect();
        let row: Map<String, Value> = fields.iter().cloned().collect();
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let kind = text("record").to_owned();
        if kind == "edition" {
            self.context.time_zone = text("time_zone").parse().unwrap_or(chrono_tz::UTC);
            self.context.currency = text("currency").to_owned();
            self.context.minor_digits = u32::try_from(format::minor_digits(text("currency"))).unwrap_or(0);
        }
        if let Ok(made_at) = ExcelDateTime::parse_from_str(text("made_at")) {
            // Of the archive, not of this workbook: the same archive gives the same bytes.
            self.book.set_properties(&DocProperties::new().set_creation_datetime(&made_at));
        }
        if let Some(name) = label(&kind, &row, &self.context.names) {
            self.context.names.insert(text("id").to_owned(), name);
        }
        let mut state = match self.sheets.remove(&kind) {
            Some(state) => state,
            None => self.add_sheet(&kind, columns()).map_err(|e| write_error(&e))?,
        };
        state.line += 1;
        // The last row is the total's.
        if state.line >= MAX_SHEET_ROWS {
            return Err(write_error(&"more rows than a sheet can hold"));
        }
        let sheet = self.book.worksheet_from_index(state.index).map_err(|e| write_error(&e))?;
        for ((column, name), total) in (0_u16..).zip(&state.columns).zip(&mut state.totals) {
            let Some(value) = row.get(name) else { continue };
            let written = self.context.write(sheet, (state.line, column), cell_kind(&kind, name), value);
            written.map_err(|e| write_error(&e))?;
            if let (Some(total), Some(number)) = (total, value.as_i64()) {
                *total = total.checked_add(number).ok_or(Code::Internal)?;
            }
        }
        self.sheets.insert(kind, state);
        Ok(())
    }

    /// Writes the totals and saves the workbook to a file.
    pub(super) fn save(mut self, file: &std::path::Path) -> Result<(), Problem> {
        let result = (|| {
            for state in self.sheets.values() {
                let last_column = u16::try_from(state.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
                self.book.worksheet_from_index(state.index)?.autofilter(0, 0, state.line, last_column)?;
            }
            for (kind, state) in self.sheets.iter().filter(|(_, state)| state.totals.iter().any(Option::is_some)) {
                let (sheet, line) = (self.book.worksheet_from_index(state.index)?, state.line + 1);
                let label = self.context.localizer.localize("total-row");
                sheet.write_with_format(line, 0, label, &self.context.formats.bold)?;
                for ((column, name), total) in (0_u16..).zip(&state.columns).zip(&state.totals) {
                    let Some(total) = total else { continue };
                    self.context.write_number(sheet, (line, column), cell_kind(kind, name), &(*total).into(), true)?;
                }
            }
            self.book.save(file)
        })();
        result.map_err(|e: XlsxError| write_error(&e))
    }
}
