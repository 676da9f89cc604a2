//! Fuzz targets of `hoicho-fair`.
use chrono::NaiveDate;
use hoicho_fair::{
    applications::documents::FileType,
    floor::numbering::{self, NumberingPattern},
    imports::{ImportContext, ImportKind, ImportTable},
    organisations::{LegalForm, tax_code},
};
use hoicho_spreadsheet::parse::Currency;

const IMPORT_KINDS: [ImportKind; 5] =
    [ImportKind::Booths, ImportKind::Exhibitors, ImportKind::Products, ImportKind::Sales, ImportKind::Visits];

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// Detection of the columns of a CSV or XLSX file, for each kind of import. Shares the corpus of the target `table`.
pub fn import_table(bytes: &[u8]) {
    let days: Vec<NaiveDate> = (1..=5).filter_map(|day| NaiveDate::from_ymd_opt(2017, 9, day)).collect();
    for kind in IMPORT_KINDS {
        let context = ImportContext { days: days.clone(), currency: Currency::VND };
        let Ok(table) = ImportTable::parse(kind, bytes, context, None) else { continue };
        for (_, letters, _) in table.describe_columns() {
            assert!((1..=2).contains(&letters.len()), "{letters}");
        }
    }
}

/// A row of booths such as `A01…A24`, and the code of a booth.
pub fn booth_pattern(bytes: &[u8]) {
    let _ = numbering::split_booth_code(text(bytes));
    if let Some(pattern) = NumberingPattern::parse(text(bytes)) {
        let places: Vec<_> = pattern.places().collect();
        assert!((1..=1_000).contains(&places.len()));
        for (code, place) in places {
            assert_eq!(
                numbering::split_booth_code(&code).map(|(row, place, _)| (row, place)),
                Some((pattern.row.clone(), place))
            );
        }
    }
}

/// A tax code, for each legal form that has its own.
pub fn tax_code(bytes: &[u8]) {
    for form in [LegalForm::CoOperative, LegalForm::HouseholdBusiness] {
        if let Some(code) = tax_code::parse(text(bytes), form) {
            assert_eq!(tax_code::parse(&code, form), Some(code.clone()), "a normalized code is valid");
            assert!(code.len() <= 14 && code.bytes().all(|b| b.is_ascii_digit() || b == b'-'), "{code}");
        }
    }
}

/// The type of an uploaded document, by its content.
pub fn document(bytes: &[u8]) {
    if let Ok(kind) = FileType::detect(bytes, Some("application/pdf")) {
        assert_eq!(kind, FileType::Pdf);
    }
}
