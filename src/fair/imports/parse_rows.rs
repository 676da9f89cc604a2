//! Parses the cells of rows into typed values by import kind; errors point to the row.
use super::{
    extract_rows::{DataRow, ExtractedRows},
    fields::ImportKind,
    read_cells::CellReader,
    vocabulary,
};
use crate::{
    applications::import::ExhibitorImportRow,
    floor::{BoothCategory, import::BoothImportRow, numbering},
    products::ProductGroup,
    sales::import::ReportImportRow,
    typed_values,
    visits::import::CountImportRow,
};
use hoicho_core::{
    i18n::{LocalizedText, MessageId, countries},
    values::clock::Day,
};
use hoicho_web::http::{FieldCode, FieldError, Validator};

/// A product row.
#[derive(Debug, Clone)]
pub(super) struct ProductRecord {
    pub(super) exhibitor: String,
    pub(super) name: String,
    pub(super) group: ProductGroup,
    pub(super) stars: Option<i32>,
    pub(super) certificate_number: Option<String>,
    pub(super) certificate_expires_on: Option<Day>,
}

/// Parsed rows with their row numbers.
#[derive(Debug, Clone)]
pub(super) enum ParsedRows {
    Booths(Vec<(u64, BoothImportRow)>),
    Exhibitors(Vec<(u64, ExhibitorImportRow)>),
    Products(Vec<(u64, ProductRecord)>),
    Sales(Vec<(u64, ReportImportRow)>),
    Visits(Vec<(u64, CountImportRow)>),
}

struct RowParser<'a> {
    checks: &'a mut Validator,
    reader: &'a CellReader<'a>,
    /// Readings that the user must confirm.
    to_confirm: Vec<FieldError>,
}

impl RowParser<'_> {
    /// Adds an error that names the row.
    fn add_error(&mut self, line: &DataRow, field: &str, code: FieldCode, reason: impl Into<LocalizedText>) {
        let args: [(&str, &dyn std::fmt::Display); 1] = [("line", &line.row)];
        let message = MessageId("import-invalid-line").with_args(&args).with_text("reason", reason);
        self.checks.require(false, &format!("/{}/{field}", line.row), code, message);
    }

    /// Whether the cell has a value. An error value of the workbook is reported.
    fn has_value(&mut self, line: &DataRow, field: &str, code: FieldCode) -> bool {
        let cell = line.cell(field);
        match typed_values::cell_error(cell) {
            Some(error) => {
                self.add_error(line, field, code, error);
                false
            }
            None => !cell.is_empty(),
        }
    }

    fn missing(&mut self, line: &DataRow, field: &str) {
        self.add_error(line, field, FieldCode::Missing, MessageId("import-missing-cell"));
    }

    /// Text of an optional cell.
    fn text(&mut self, line: &DataRow, field: &str) -> Option<String> {
        if self.has_value(line, field, FieldCode::Text) { line.text(field) } else { None }
    }

    /// Text of a required cell; reports an error if it is empty.
    fn required(&mut self, line: &DataRow, field: &str) -> String {
        if line.cell(field).is_empty() {
            self.missing(line, field);
        }
        self.text(line, field).unwrap_or_default()
    }

    /// Number of a cell; `None` if it is empty or a dash, or invalid, which reports an error.
    fn number(&mut self, line: &DataRow, field: &str) -> Option<i64> {
        if !self.has_value(line, field, FieldCode::Number) || line.cell(field).is_dash() {
            return None;
        }
        match line.number(self.reader, field) {
            Ok(value) => Some(value),
            Err(error) => {
                let reason = typed_values::number_error(&error, self.reader.quantity(field));
                self.add_error(line, field, FieldCode::Number, reason);
                None
            }
        }
    }

    fn day(&mut self, line: &DataRow, field: &str) -> Option<Day> {
        if !self.has_value(line, field, FieldCode::Date) {
            return None;
        }
        let value = self.reader.day(field, line.cell(field));
        value.map_err(|error| self.add_error(line, field, FieldCode::Date, typed_values::day_error(&error))).ok()
    }

    /// Yes or no; an empty cell is no.
    fn flag(&mut self, line: &DataRow, field: &str) -> bool {
        if !self.has_value(line, field, FieldCode::Unexpected) {
            return false;
        }
        let value = line.cell(field).parse_yes_no();
        value
            .map_err(|_| self.add_error(line, field, FieldCode::Unexpected, typed_values::yes_no_error()))
            .unwrap_or(false)
    }

    /// The booths of a row: one, or those of a list such as `A01-A20`, which the user must confirm.
    fn booths(&mut self, line: &DataRow) -> Vec<(u64, BoothImportRow)> {
        let booth = self.booth(line);
        let typed = line.text("code").unwrap_or_default();
        let codes = numbering::parse_booth_list(&typed).filter(|codes| codes.len() > 1);
        let Some(codes) = codes else { return vec![(line.row, booth)] };
        let args: [(&str, &dyn std::fmt::Display); 2] = [("line", &line.row), ("text", &typed)];
        self.to_confirm.push(FieldError {
            pointer: format!("/{}/code", line.row),
            code: FieldCode::Unusual,
            detail: MessageId("import-several-booths-created")
                .with_args(&args)
                .with_number("n", codes.len())
                .localize(),
        });
        codes.into_iter().map(|code| (line.row, BoothImportRow { code, ..booth.clone() })).collect()
    }

    fn booth(&mut self, line: &DataRow) -> BoothImportRow {
        let code = self.required(line, "code").replace(' ', "").to_uppercase();
        let zone = self.text(line, "zone").or_else(|| line.heading.clone()).unwrap_or_default();
        if zone.is_empty() {
            self.missing(line, "zone");
        }
        let category = self.text(line, "category").as_deref().map(vocabulary::parse_category);
        if category == Some(None) {
            self.add_error(line, "category", FieldCode::Unknown, MessageId("import-unknown-category"));
        }
        let area = self.number(line, "area").map(i32::try_from);
        if matches!(area, Some(Err(_))) {
            self.add_error(line, "area", FieldCode::Range, MessageId("error-area-range"));
        }
        let equivalents = self.number(line, "booth_equivalents").map(i32::try_from);
        if matches!(equivalents, Some(Err(_))) {
            self.add_error(line, "booth_equivalents", FieldCode::Range, MessageId("error-booth-equivalents-range"));
        }
        BoothImportRow {
            code,
            zone,
            category: category.flatten().unwrap_or(BoothCategory::Standard),
            area_dm2: area.and_then(Result::ok),
            fee: self.number(line, "fee"),
            booth_equivalents: equivalents.and_then(Result::ok),
            has_power: Some(self.flag(line, "power")),
            has_water: Some(self.flag(line, "water")),
        }
    }

    fn exhibitor(&mut self, line: &DataRow) -> ExhibitorImportRow {
        let name = self.required(line, "name");
        // A legal form that is written must be understood; only without one it is read from the name.
        let legal_form = match self.text(line, "legal_form") {
            Some(written) => vocabulary::parse_legal_form(&written),
            None => vocabulary::parse_legal_form(&name),
        };
        let country = self.text(line, "country").as_deref().map(countries::parse);
        if country == Some(None) {
            self.add_error(line, "country", FieldCode::Unknown, MessageId("import-unknown-country"));
        }
        let category = self.text(line, "wanted_category").as_deref().map(vocabulary::parse_category);
        if category == Some(None) {
            self.add_error(line, "wanted_category", FieldCode::Unknown, MessageId("import-unknown-category"));
        }
        let state = self.text(line, "application_state").as_deref().map(vocabulary::parse_application_state);
        if state == Some(None) {
            self.add_error(
                line,
                "application_state",
                FieldCode::Unknown,
                MessageId("import-unknown-application-state"),
            );
        }
        ExhibitorImportRow {
            country: country.flatten(),
            category: category.flatten(),
            state: state.flatten(),
            legal_form,
            name,
            tax_code: self.text(line, "tax_code").map(|code| code.replace([' ', '.'], "")),
            locality: self.text(line, "locality"),
            booths_wanted: self.number(line, "booths_wanted"),
            wishes: self.text(line, "wishes"),
            contact_name: line.text("contact_name"),
            phone: line.text("phone"),
            email: line.text("email"),
        }
    }

    fn product(&mut self, line: &DataRow) -> ProductRecord {
        let (exhibitor, name) = (self.required(line, "exhibitor"), self.required(line, "name"));
        let group_text = self.required(line, "group");
        let group = vocabulary::parse_group(&group_text);
        if group.is_none() && !group_text.is_empty() {
            self.add_error(line, "group", FieldCode::Unknown, MessageId("import-unknown-product-group"));
        }
        let stars = self.text(line, "stars").map(|text| vocabulary::parse_stars(&text));
        if stars == Some(Err(())) {
            self.add_error(line, "stars", FieldCode::Stars, typed_values::stars_error());
        }
        ProductRecord {
            exhibitor,
            name,
            group: group.unwrap_or(ProductGroup::Food),
            stars: stars.and_then(Result::ok).flatten(),
            certificate_number: self.text(line, "certificate_number"),
            certificate_expires_on: self.day(line, "certificate_expires_on"),
        }
    }

    fn report(&mut self, line: &DataRow) -> ReportImportRow {
        let booth = self.required(line, "booth").replace(' ', "").to_uppercase();
        let day = line.day_column.map(|column| column.day).or_else(|| self.day(line, "day"));
        if line.day_column.is_none() && line.cell("day").is_empty() {
            self.missing(line, "day");
        }
        if line.cell("amount").is_empty() {
            self.missing(line, "amount");
        }
        // A dash is an explicit nil report.
        let amount = self.number(line, "amount").unwrap_or(0);
        ReportImportRow {
            booth,
            day,
            amount,
            ocop_amount: self.number(line, "ocop_amount"),
            reason: self.text(line, "reason"),
        }
    }

    fn count(&mut self, line: &DataRow) -> CountImportRow {
        let day = self.day(line, "day");
        if line.cell("day").is_empty() {
            self.missing(line, "day");
        }
        let starts_at = if self.has_value(line, "hour", FieldCode::Range) {
            let hours = line.cell("hour").parse_hours();
            let hours = hours.map_err(|e| self.add_error(line, "hour", FieldCode::Range, typed_values::hour_error(e)));
            hours.ok().map(|hours| hours.start)
        } else {
            None
        };
        let entries = self.number(line, "entries");
        if line.cell("entries").is_empty() {
            self.missing(line, "entries");
        }
        CountImportRow {
            day,
            starts_at,
            gate: self.text(line, "gate"),
            entries: entries.unwrap_or(0),
            exits: self.number(line, "exits").unwrap_or(0),
        }
    }
}

/// Parses all rows; errors are added to `checks`. Also returns the readings that the user must confirm.
pub(super) fn parse_rows(
    kind: ImportKind,
    lines: &ExtractedRows,
    reader: &CellReader<'_>,
    checks: &mut Validator,
) -> (ParsedRows, Vec<FieldError>) {
    let mut parser = RowParser { checks, reader, to_confirm: Vec::new() };
    let lines = lines.rows.iter();
    let rows = match kind {
        ImportKind::Booths => ParsedRows::Booths(lines.flat_map(|l| parser.booths(l)).collect()),
        ImportKind::Exhibitors => ParsedRows::Exhibitors(lines.map(|l| (l.row, parser.exhibitor(l))).collect()),
        ImportKind::Products => ParsedRows::Products(lines.map(|l| (l.row, parser.product(l))).collect()),
        ImportKind::Sales => ParsedRows::Sales(lines.map(|l| (l.row, parser.report(l))).collect()),
        ImportKind::Visits => ParsedRows::Visits(lines.map(|l| (l.row, parser.count(l))).collect()),
    };
    (rows, parser.to_confirm)
}
