//! What the cells of a row mean, by the kind of table; each fault with its row.
use super::{
    fields::ImportKind,
    lines::{Line, Lines},
    mapping::Mapping,
};
use crate::{
    applications::import::ExhibitorLine,
    exhibitors::LegalForm,
    floor::{BoothCategory, import::BoothLine},
    products::ProductGroup,
    sales::import::ReportLine,
    visits::import::CountLine,
};
use hoicho_core::{
    i18n::Said,
    values::{clock::Day, text},
};
use hoicho_web::http::Checks;

/// A product as a table says it.
#[derive(Debug, Clone)]
pub(super) struct ProductLine {
    pub(super) exhibitor: String,
    pub(super) name: String,
    pub(super) group: ProductGroup,
    pub(super) stars: Option<i32>,
    pub(super) certificate_number: Option<String>,
    pub(super) certificate_expires_on: Option<Day>,
}

/// Rows with what they mean, each with the row it stood in.
#[derive(Debug, Clone)]
pub(super) enum Rows {
    Booths(Vec<(u64, BoothLine)>),
    Exhibitors(Vec<(u64, ExhibitorLine)>),
    Products(Vec<(u64, ProductLine)>),
    Sales(Vec<(u64, ReportLine)>),
    Visits(Vec<(u64, CountLine)>),
}

/// Begins with one of these words, folded.
fn is_of(folded: &str, words: &[&str]) -> bool {
    let padded = format!(" {folded} ");
    words.iter().any(|word| padded.contains(&format!(" {word} ")))
}

/// What an organisation is in law, by what a table or its own name says.
fn legal_form(said: &str) -> Option<LegalForm> {
    let folded = text::fold(said);
    Some(if is_of(&folded, &["to hop tac", "tht", "co-operative group"]) {
        LegalForm::CoOperativeGroup
    } else if is_of(&folded, &["hop tac xa", "htx", "hxt", "co-operative", "cooperative"]) {
        LegalForm::CoOperative
    } else if is_of(
        &folded,
        &["ho kinh doanh", "hkd", "ho san xuat", "ho gia dinh", "co so", "cssx", "ho", "household"],
    ) {
        LegalForm::HouseholdBusiness
    } else if is_of(
        &folded,
        &["cong ty", "cty", "doanh nghiep", "dntn", "tnhh", "cp", "co phan", "company", "enterprise"],
    ) {
        LegalForm::Enterprise
    } else if is_of(&folded, &["hiep hoi", "hoi", "lien minh", "association"]) {
        LegalForm::Association
    } else if is_of(&folded, &["so", "phong", "ubnd", "trung tam", "chi cuc", "vien", "ban", "agency"]) {
        LegalForm::Agency
    } else if is_of(&folded, &["nuoc ngoai", "foreign"]) {
        LegalForm::Foreign
    } else {
        return None;
    })
}

fn category(said: &str) -> Option<BoothCategory> {
    let folded = text::fold(said);
    Some(if is_of(&folded, &["goc", "corner", "2 mat", "hai mat"]) {
        BoothCategory::Corner
    } else if is_of(&folded, &["dac biet", "special", "special_build", "thiet ke rieng", "dac trung"]) {
        BoothCategory::SpecialBuild
    } else if is_of(&folded, &["dat trong", "raw", "raw_space", "mat bang"]) {
        BoothCategory::RawSpace
    } else if is_of(&folded, &["tieu chuan", "thuong", "standard", "3x3", "tc", "1 mat", "mot mat"]) {
        BoothCategory::Standard
    } else {
        return None;
    })
}

fn group(said: &str) -> Option<ProductGroup> {
    let folded = text::fold(said);
    Some(if is_of(&folded, &["thuc pham", "food"]) {
        ProductGroup::Food
    } else if is_of(&folded, &["do uong", "beverages"]) {
        ProductGroup::Beverages
    } else if is_of(&folded, &["duoc lieu", "thao duoc", "medicinal_plants"]) {
        ProductGroup::MedicinalPlants
    } else if is_of(&folded, &["thu cong", "my nghe", "handicrafts"]) {
        ProductGroup::Handicrafts
    } else if is_of(&folded, &["sinh vat canh", "cay canh", "hoa", "ornamental"]) {
        ProductGroup::Ornamental
    } else if is_of(&folded, &["du lich", "tourism"]) {
        ProductGroup::Tourism
    } else {
        return None;
    })
}

/// `x`, `có`, `yes`, a number that is not zero.
fn said_yes(line: &Line, field: &str) -> bool {
    let said = text::fold(&line.cell(field).text());
    !said.is_empty() && !["khong", "no", "0", "-", "false"].contains(&said.as_str())
}

struct Reader<'a> {
    checks: &'a mut Checks,
    mapping: &'a Mapping,
    days: &'a [Day],
}

impl Reader<'_> {
    fn fault(&mut self, line: &Line, field: &str, code: &'static str, said: Said) {
        self.checks.that(false, &format!("/{}/{field}", line.row), code, said.with(&[("line", &line.row)]));
    }

    /// A cell that a row is nothing without.
    fn needed(&mut self, line: &Line, field: &str) -> String {
        line.text(field).unwrap_or_else(|| {
            self.fault(line, field, "missing", Said("import-missing"));
            String::new()
        })
    }

    /// A whole number; `None` for nothing, and for what is none, which is noted.
    fn number(&mut self, line: &Line, field: &str) -> Option<i64> {
        let cell = line.cell(field);
        // A dash is how spreadsheets show nothing.
        if cell.is_empty() || ["-", "–"].contains(&cell.text().as_str()) {
            return None;
        }
        let read = cell.amount(self.mapping.power(field));
        if read.is_none() {
            self.fault(line, field, "number", Said("import-no-number"));
        }
        read
    }

    fn day(&mut self, line: &Line, field: &str) -> Option<Day> {
        let cell = line.cell(field);
        if cell.is_empty() {
            return None;
        }
        let read = cell.day(self.days);
        if read.is_none() {
            self.fault(line, field, "date", Said("import-no-date"));
        }
        read
    }

    fn booth(&mut self, line: &Line) -> BoothLine {
        let code = self.needed(line, "code").replace(' ', "").to_uppercase();
        let zone = line.text("zone").or_else(|| line.heading.clone()).unwrap_or_default();
        if zone.is_empty() {
            self.fault(line, "zone", "missing", Said("import-missing"));
        }
        let said = line.text("category");
        let kind = said.as_deref().map(category);
        if kind == Some(None) {
            self.fault(line, "category", "unknown", Said("import-no-category"));
        }
        // 9 m², and 3x3 is 9 too.
        let area = line.text("area").map(|said| {
            let sides = said.to_lowercase();
            let product = sides.split_once(['x', '×']).and_then(|(a, b)| {
                let side = |s: &str| hoicho_spreadsheet::Cell::Text(s.trim().to_owned()).rounded(1);
                side(a)?.checked_mul(side(b)?)
            });
            product.or_else(|| line.cell("area").rounded(2)).and_then(|dm2| i32::try_from(dm2).ok())
        });
        if area == Some(None) {
            self.fault(line, "area", "number", Said("import-no-number"));
        }
        BoothLine {
            code,
            zone,
            category: kind.flatten().unwrap_or(BoothCategory::Standard),
            area_dm2: area.flatten(),
            fee: self.number(line, "fee"),
            booth_equivalents: None,
            has_power: said_yes(line, "power"),
            has_water: said_yes(line, "water"),
        }
    }

    fn exhibitor(&mut self, line: &Line) -> ExhibitorLine {
        let name = self.needed(line, "name");
        let said = line.text("legal_form");
        ExhibitorLine {
            legal_form: said.as_deref().and_then(legal_form).or_else(|| legal_form(&name)),
            name,
            tax_code: line.text("tax_code").map(|code| code.replace([' ', '.'], "")),
            locality: line.text("locality"),
            booths_wanted: self.number(line, "booths_wanted"),
        }
    }

    fn product(&mut self, line: &Line) -> ProductLine {
        let (exhibitor, name) = (self.needed(line, "exhibitor"), self.needed(line, "name"));
        let said = self.needed(line, "group");
        let group = group(&said);
        if group.is_none() && !said.is_empty() {
            self.fault(line, "group", "unknown", Said("import-no-group"));
        }
        // `4 sao`, `****`.
        let stars = line.text("stars").and_then(|said| {
            let marks = said.chars().filter(|c| matches!(c, '*' | '★' | '⭐')).count();
            let digits: String = said.chars().filter(char::is_ascii_digit).take(2).collect();
            digits.parse().ok().or_else(|| i32::try_from(marks).ok().filter(|n| *n > 0))
        });
        ProductLine {
            exhibitor,
            name,
            group: group.unwrap_or(ProductGroup::Food),
            stars,
            certificate_number: line.text("certificate_number"),
            certificate_expires_on: self.day(line, "certificate_expires_on"),
        }
    }

    fn report(&mut self, line: &Line) -> ReportLine {
        let booth = self.needed(line, "booth").replace(' ', "").to_uppercase();
        let day = line.day.or_else(|| self.day(line, "day"));
        if line.day.is_none() && line.cell("day").is_empty() {
            self.fault(line, "day", "missing", Said("import-missing"));
        }
        if line.cell("amount").is_empty() {
            self.fault(line, "amount", "missing", Said("import-missing"));
        }
        // A dash is a report of nothing: somebody put it there.
        let amount = self.number(line, "amount").unwrap_or(0);
        ReportLine { booth, day, amount, ocop_amount: self.number(line, "ocop_amount"), reason: line.text("reason") }
    }

    fn count(&mut self, line: &Line) -> CountLine {
        let day = self.day(line, "day");
        if line.cell("day").is_empty() {
            self.fault(line, "day", "missing", Said("import-missing"));
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
            self.fault(line, "hour", "range", Said("import-no-hour"));
        }
        let entries = self.number(line, "entries");
        if line.cell("entries").is_empty() {
            self.fault(line, "entries", "missing", Said("import-missing"));
        }
        CountLine {
            day,
            hour: hour.flatten(),
            gate: line.text("gate"),
            entries: entries.unwrap_or(0),
            exits: self.number(line, "exits").unwrap_or(0),
        }
    }
}

/// Reads every row; what cannot be read is noted.
pub(super) fn rows(kind: ImportKind, lines: &Lines, mapping: &Mapping, days: &[Day], checks: &mut Checks) -> Rows {
    let mut reader = Reader { checks, mapping, days };
    let all = lines.lines.iter();
    match kind {
        ImportKind::Booths => Rows::Booths(all.map(|l| (l.row, reader.booth(l))).collect()),
        ImportKind::Exhibitors => Rows::Exhibitors(all.map(|l| (l.row, reader.exhibitor(l))).collect()),
        ImportKind::Products => Rows::Products(all.map(|l| (l.row, reader.product(l))).collect()),
        ImportKind::Sales => Rows::Sales(all.map(|l| (l.row, reader.report(l))).collect()),
        ImportKind::Visits => Rows::Visits(all.map(|l| (l.row, reader.count(l))).collect()),
    }
}
