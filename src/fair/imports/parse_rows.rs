//! Parses the cells of rows into typed values by import kind; errors point to the row.
use super::{
    extract_rows::{DataRow, ExtractedRows},
    fields::ImportKind,
    mapping::ColumnMapping,
};
use crate::{
    applications::import::ExhibitorImportRow,
    floor::{BoothCategory, import::BoothImportRow},
    organisations::LegalForm,
    products::ProductGroup,
    sales::import::ReportImportRow,
    visits::import::CountImportRow,
};
use hoicho_core::{
    i18n::MessageId,
    values::{clock::Day, text},
};
use hoicho_web::http::{FieldCode, Validator};

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

/// Whether the folded text contains one of these words or phrases.
fn contains_any(folded: &str, phrases: &[&str]) -> bool {
    let padded = format!(" {folded} ");
    phrases.iter().any(|phrase| padded.contains(&format!(" {phrase} ")))
}

/// Parses a legal form from a cell, or from the name of the organisation.
fn parse_legal_form(input: &str) -> Option<LegalForm> {
    let folded = text::normalize_for_search(input);
    Some(if contains_any(&folded, &["to hop tac", "tht", "co-operative group"]) {
        LegalForm::CoOperativeGroup
    } else if contains_any(&folded, &["hop tac xa", "htx", "hxt", "co-operative", "cooperative"]) {
        LegalForm::CoOperative
    } else if contains_any(
        &folded,
        &["ho kinh doanh", "hkd", "ho san xuat", "ho gia dinh", "co so", "cssx", "ho", "household"],
    ) {
        LegalForm::HouseholdBusiness
    } else if contains_any(
        &folded,
        &["cong ty", "cty", "doanh nghiep", "dntn", "tnhh", "cp", "co phan", "company", "enterprise"],
    ) {
        LegalForm::Enterprise
    } else if contains_any(&folded, &["hiep hoi", "hoi", "lien minh", "association"]) {
        LegalForm::Association
    } else if contains_any(&folded, &["so", "phong", "ubnd", "trung tam", "chi cuc", "vien", "ban", "agency"]) {
        LegalForm::Agency
    } else if contains_any(&folded, &["nuoc ngoai", "foreign"]) {
        LegalForm::Foreign
    } else {
        return None;
    })
}

fn parse_category(input: &str) -> Option<BoothCategory> {
    let folded = text::normalize_for_search(input);
    Some(if contains_any(&folded, &["goc", "corner", "2 mat", "hai mat"]) {
        BoothCategory::Corner
    } else if contains_any(&folded, &["dac biet", "special", "special_build", "thiet ke rieng", "dac trung"]) {
        BoothCategory::SpecialBuild
    } else if contains_any(&folded, &["dat trong", "raw", "raw_space", "mat bang"]) {
        BoothCategory::RawSpace
    } else if contains_any(&folded, &["tieu chuan", "thuong", "standard", "3x3", "tc", "1 mat", "mot mat"]) {
        BoothCategory::Standard
    } else {
        return None;
    })
}

fn parse_group(input: &str) -> Option<ProductGroup> {
    let folded = text::normalize_for_search(input);
    Some(if contains_any(&folded, &["thuc pham", "food"]) {
        ProductGroup::Food
    } else if contains_any(&folded, &["do uong", "beverages"]) {
        ProductGroup::Beverages
    } else if contains_any(&folded, &["duoc lieu", "thao duoc", "medicinal_plants"]) {
        ProductGroup::MedicinalPlants
    } else if contains_any(&folded, &["thu cong", "my nghe", "handicrafts"]) {
        ProductGroup::Handicrafts
    } else if contains_any(&folded, &["sinh vat canh", "cay canh", "hoa", "ornamental"]) {
        ProductGroup::Ornamental
    } else if contains_any(&folded, &["du lich", "tourism"]) {
        ProductGroup::Tourism
    } else {
        return None;
    })
}

/// Parses a flag: any text such as `x`, `có` or `yes`, except negative words and zero.
fn parse_bool(line: &DataRow, field: &str) -> bool {
    let folded = text::normalize_for_search(&line.cell(field).text());
    !folded.is_empty() && !["khong", "no", "0", "-", "false"].contains(&folded.as_str())
}

struct RowParser<'a> {
    checks: &'a mut Validator,
    mapping: &'a ColumnMapping,
    days: &'a [Day],
}

impl RowParser<'_> {
    fn add_error(&mut self, line: &DataRow, field: &str, code: FieldCode, message: MessageId) {
        self.checks.require(false, &format!("/{}/{field}", line.row), code, message.with_args(&[("line", &line.row)]));
    }

    /// Text of a required cell; reports an error if it is empty.
    fn required(&mut self, line: &DataRow, field: &str) -> String {
        line.text(field).unwrap_or_else(|| {
            self.add_error(line, field, FieldCode::Missing, MessageId("import-missing-cell"));
            String::new()
        })
    }

    /// Integer of a cell; `None` if it is empty, or invalid, which reports an error.
    fn number(&mut self, line: &DataRow, field: &str) -> Option<i64> {
        let cell = line.cell(field);
        // Spreadsheets display empty amounts as a dash.
        if cell.is_empty() || ["-", "–"].contains(&cell.text().as_str()) {
            return None;
        }
        let value = cell.parse_amount(self.mapping.power(field));
        if value.is_none() {
            self.add_error(line, field, FieldCode::Number, MessageId("import-invalid-number"));
        }
        value
    }

    fn day(&mut self, line: &DataRow, field: &str) -> Option<Day> {
        let cell = line.cell(field);
        if cell.is_empty() {
            return None;
        }
        let value = cell.parse_day(self.days);
        if value.is_none() {
            self.add_error(line, field, FieldCode::Date, MessageId("import-invalid-date"));
        }
        value
    }

    fn booth(&mut self, line: &DataRow) -> BoothImportRow {
        let code = self.required(line, "code").replace(' ', "").to_uppercase();
        let zone = line.text("zone").or_else(|| line.heading.clone()).unwrap_or_default();
        if zone.is_empty() {
            self.add_error(line, "zone", FieldCode::Missing, MessageId("import-missing-cell"));
        }
        let category = line.text("category").as_deref().map(parse_category);
        if category == Some(None) {
            self.add_error(line, "category", FieldCode::Unknown, MessageId("import-unknown-category"));
        }
        // Area in m², or width x depth: `9`, `3x3`.
        let area = line.text("area").map(|text| {
            let sides = text.to_lowercase();
            let product = sides.split_once(['x', '×']).and_then(|(a, b)| {
                let side = |s: &str| hoicho_spreadsheet::Cell::Text(s.trim().to_owned()).parse_rounded(1);
                side(a)?.checked_mul(side(b)?)
            });
            product.or_else(|| line.cell("area").parse_rounded(2)).and_then(|dm2| i32::try_from(dm2).ok())
        });
        if area == Some(None) {
            self.add_error(line, "area", FieldCode::Number, MessageId("import-invalid-number"));
        }
        BoothImportRow {
            code,
            zone,
            category: category.flatten().unwrap_or(BoothCategory::Standard),
            area_dm2: area.flatten(),
            fee: self.number(line, "fee"),
            booth_equivalents: None,
            has_power: Some(parse_bool(line, "power")),
            has_water: Some(parse_bool(line, "water")),
        }
    }

    fn exhibitor(&mut self, line: &DataRow) -> ExhibitorImportRow {
        let name = self.required(line, "name");
        let legal_form = line.text("legal_form");
        ExhibitorImportRow {
            legal_form: legal_form.as_deref().and_then(parse_legal_form).or_else(|| parse_legal_form(&name)),
            name,
            tax_code: line.text("tax_code").map(|code| code.replace([' ', '.'], "")),
            locality: line.text("locality"),
            booths_wanted: self.number(line, "booths_wanted"),
            contact_name: line.text("contact_name"),
            phone: line.text("phone"),
            email: line.text("email"),
        }
    }

    fn product(&mut self, line: &DataRow) -> ProductRecord {
        let (exhibitor, name) = (self.required(line, "exhibitor"), self.required(line, "name"));
        let group_text = self.required(line, "group");
        let group = parse_group(&group_text);
        if group.is_none() && !group_text.is_empty() {
            self.add_error(line, "group", FieldCode::Unknown, MessageId("import-unknown-product-group"));
        }
        // `4 sao`, `****`.
        let stars = line.text("stars").and_then(|text| {
            let marks = text.chars().filter(|c| matches!(c, '*' | '★' | '⭐')).count();
            let digits: String = text.chars().filter(char::is_ascii_digit).take(2).collect();
            digits.parse().ok().or_else(|| i32::try_from(marks).ok().filter(|n| *n > 0))
        });
        ProductRecord {
            exhibitor,
            name,
            group: group.unwrap_or(ProductGroup::Food),
            stars,
            certificate_number: line.text("certificate_number"),
            certificate_expires_on: self.day(line, "certificate_expires_on"),
        }
    }

    fn report(&mut self, line: &DataRow) -> ReportImportRow {
        let booth = self.required(line, "booth").replace(' ', "").to_uppercase();
        let day = line.day.or_else(|| self.day(line, "day"));
        if line.day.is_none() && line.cell("day").is_empty() {
            self.add_error(line, "day", FieldCode::Missing, MessageId("import-missing-cell"));
        }
        if line.cell("amount").is_empty() {
            self.add_error(line, "amount", FieldCode::Missing, MessageId("import-missing-cell"));
        }
        // A dash is an explicit nil report.
        let amount = self.number(line, "amount").unwrap_or(0);
        ReportImportRow {
            booth,
            day,
            amount,
            ocop_amount: self.number(line, "ocop_amount"),
            reason: line.text("reason"),
        }
    }

    fn count(&mut self, line: &DataRow) -> CountImportRow {
        let day = self.day(line, "day");
        if line.cell("day").is_empty() {
            self.add_error(line, "day", FieldCode::Missing, MessageId("import-missing-cell"));
        }
        // `8h-9h`, `08:00`, `8`.
        let hour = match line.cell("hour") {
            hoicho_spreadsheet::Cell::Moment(_, hour) => Some(Some(*hour)),
            cell if cell.is_empty() => None,
            cell => {
                let digits: String = cell.text().chars().take_while(char::is_ascii_digit).collect();
                Some(digits.parse::<u32>().ok().filter(|hour| *hour < 24))
            }
        };
        if hour == Some(None) {
            self.add_error(line, "hour", FieldCode::Range, MessageId("import-hour-range"));
        }
        let entries = self.number(line, "entries");
        if line.cell("entries").is_empty() {
            self.add_error(line, "entries", FieldCode::Missing, MessageId("import-missing-cell"));
        }
        CountImportRow {
            day,
            hour: hour.flatten(),
            gate: line.text("gate"),
            entries: entries.unwrap_or(0),
            exits: self.number(line, "exits").unwrap_or(0),
        }
    }
}

/// Parses all rows; errors are added to `checks`.
pub(super) fn parse_rows(
    kind: ImportKind,
    lines: &ExtractedRows,
    mapping: &ColumnMapping,
    days: &[Day],
    checks: &mut Validator,
) -> ParsedRows {
    let mut parser = RowParser { checks, mapping, days };
    let lines = lines.rows.iter();
    match kind {
        ImportKind::Booths => ParsedRows::Booths(lines.map(|l| (l.row, parser.booth(l))).collect()),
        ImportKind::Exhibitors => ParsedRows::Exhibitors(lines.map(|l| (l.row, parser.exhibitor(l))).collect()),
        ImportKind::Products => ParsedRows::Products(lines.map(|l| (l.row, parser.product(l))).collect()),
        ImportKind::Sales => ParsedRows::Sales(lines.map(|l| (l.row, parser.report(l))).collect()),
        ImportKind::Visits => ParsedRows::Visits(lines.map(|l| (l.row, parser.count(l))).collect()),
    }
}
