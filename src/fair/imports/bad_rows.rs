//! The file of rows with errors. It says everything that its rows meant in the whole table (day, zone, unit), so that correcting one
//! cell and sending the file again gives what the whole table would have given.
use std::collections::{BTreeMap, BTreeSet};

use super::{
    extract_rows::{DataRow, extract_rows},
    fields::{Field, FieldKind},
    read_cells::CellReader,
    run::ImportOutcome,
    table::ImportTable,
};
use hoicho_core::i18n::{Language, MessageId};
use hoicho_spreadsheet::parse::{Quantity, Unit};
use hoicho_web::http::{Code, Problem, spreadsheet::escape_formula};

/// A number with a decimal point: `1250` with two digits is `12.50`.
fn decimal(value: i64, digits: u32) -> String {
    let Some(divisor) = 10_u64.checked_pow(digits).filter(|divisor| *divisor > 1) else { return value.to_string() };
    let (sign, absolute) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
    let width = usize::try_from(digits).unwrap_or(0);
    format!("{sign}{}.{:0width$}", absolute / divisor, absolute % divisor)
}

/// The title of a field, with the unit of the table.
fn title(field: &Field, unit: Option<Unit>, quantity: Quantity) -> String {
    let mut letters = field.title().chars();
    let name: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let unit = match (field.kind, unit, quantity) {
        (FieldKind::Money, Some(unit @ Unit::Scale(3..)), Quantity::Money(currency)) => {
            format!("{} {}", unit.name(), currency.code())
        }
        // A unit that is unclear stays so.
        (FieldKind::Money | FieldKind::Area, Some(Unit::OtherCurrency | Unit::Unknown), _) => "ĐVT: ?".to_owned(),
        (FieldKind::Area, unit, _) => unit.unwrap_or(Unit::SquareMetre).name().to_owned(),
        _ => return name,
    };
    format!("{name} ({unit})")
}

/// The cell of a field: what was understood in one spelling, or what was typed.
fn cell(line: &DataRow, field: &Field, reader: &CellReader<'_>, unit: Option<Unit>) -> String {
    let cell = line.cell(field.name);
    // What was typed in a day column whose unit the title of the file does not say.
    let own_unit = line.day_column.filter(|_| field.name == "amount").and_then(|day| day.unit);
    let typed = || match own_unit.filter(|own| unit != Some(*own)) {
        Some(own @ (Unit::Scale(1..) | Unit::OtherCurrency | Unit::Unknown)) => {
            format!("{} {}", cell.text(), own.name())
        }
        Some(Unit::Scale(_) | Unit::SquareMetre | Unit::SquareDecimetre) | None => cell.text(),
    };
    match field.kind {
        FieldKind::Text if field.name == "zone" => {
            line.text(field.name).or_else(|| line.heading.clone()).unwrap_or_default()
        }
        FieldKind::Text | FieldKind::Stars => typed(),
        _ if cell.is_empty() && !(field.kind == FieldKind::Day && line.day_column.is_some()) => String::new(),
        FieldKind::Money | FieldKind::Area | FieldKind::Count => match line.number(reader, field.name) {
            Err(_) => typed(),
            Ok(value) => match reader.quantity(field.name) {
                Quantity::Money(currency) => {
                    let number = decimal(value, currency.minor_digits());
                    // A cell's own unit wins over the title's.
                    let is_scaled = unit.is_some_and(|unit| unit != Unit::Scale(0));
                    if is_scaled { format!("{number} {}", currency.code()) } else { number }
                }
                Quantity::Area => format!("{} m²", decimal(value, 2)),
                Quantity::Count => value.to_string(),
            },
        },
        FieldKind::Day | FieldKind::Expiry => {
            match line.day_column.map_or_else(|| reader.day(field.name, cell), |column| Ok(column.day)) {
                Ok(day) => day.format("%d/%m/%Y").to_string(),
                Err(_) => typed(),
            }
        }
        FieldKind::Hours => match cell.parse_hours() {
            Ok(hours) => format!("{:02}:{:02}", hours.start / 60, hours.start % 60),
            Err(_) => typed(),
        },
        FieldKind::YesNo => match cell.parse_yes_no() {
            Ok(true) => "có".to_owned(),
            Ok(false) => "không".to_owned(),
            Err(_) => typed(),
        },
    }
}

impl ImportTable {
    /// CSV of the rows with errors and their error messages, with a header row. Formulas in cells are escaped.
    pub fn bad_rows_csv(&self, outcome: &ImportOutcome, language: Language) -> Result<Vec<u8>, Problem> {
        let internal_error = |_| Problem::from(Code::Internal);
        let reader = CellReader::new(self.kind, &self.sheet, &self.mapping, &self.context);
        let extracted = extract_rows(self.kind, &self.sheet, &self.mapping, &reader);
        let bad_rows: BTreeSet<u64> = outcome.bad_rows();
        let mut messages: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
        for error in &outcome.faults {
            messages.entry(error.row).or_default().push(error.message(language));
        }
        let by_day = !self.mapping.day_columns.is_empty();
        let fields: Vec<&Field> = self
            .kind
            .fields()
            .iter()
            .filter(|f| {
                let is_heading = f.name == "zone" && extracted.rows.iter().any(|line| line.heading.is_some());
                self.mapping.columns.contains_key(f.name)
                    || self.mapping.value(f.name).is_some()
                    || is_heading
                    || (by_day && matches!(f.name, "day" | "amount"))
            })
            .collect();
        let unit = |field: &Field| self.mapping.units.get(field.name).copied();
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer("\u{feff}".as_bytes().to_vec());
        let heading = MessageId("import-error-heading").localize();
        let titles = fields.iter().map(|f| title(f, unit(f), reader.quantity(f.name)));
        writer.write_record(std::iter::once(heading.get(language).to_owned()).chain(titles)).map_err(internal_error)?;
        for line in extracted.rows.iter().filter(|line| bad_rows.contains(&line.row)) {
            let message = messages.get(&line.row).map(|all| all.join(" ")).unwrap_or_default();
            let cells = fields.iter().map(|f| escape_formula(&cell(line, f, &reader, unit(f))));
            writer.write_record(std::iter::once(message).chain(cells)).map_err(internal_error)?;
        }
        writer.into_inner().map_err(|_| Code::Internal.into())
    }
}
