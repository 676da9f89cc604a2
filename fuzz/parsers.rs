//! Every parser of what strangers send, with what must hold of it whatever that is. libFuzzer runs them (`cargo fuzz run
//! table`), and so do the ordinary tests, with the corpora and with made-up bytes (`tests/fuzzed`).
use actix_web::http::header::HeaderValue;
use chrono::NaiveDate;
use hoicho_fair::{
    applications::documents::FileType,
    exhibitors::{LegalForm, tax_code},
    floor::numbering::{self, NumberingPattern},
    imports::{ImportKind, ImportTable},
};
use hoicho_spreadsheet::Cell;
use hoicho_web::http::{conditional_get, etag, idempotency, pagination};

const KINDS: [ImportKind; 5] =
    [ImportKind::Booths, ImportKind::Exhibitors, ImportKind::Products, ImportKind::Sales, ImportKind::Visits];

fn days() -> Vec<NaiveDate> {
    (1..=5).filter_map(|day| NaiveDate::from_ymd_opt(2017, 9, day)).collect()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// A table of any kind, CSV or XLSX: the first byte says what it is taken for.
pub fn table(bytes: &[u8]) {
    let Some((kind, file)) = bytes.split_first() else { return };
    let kind = KINDS[usize::from(*kind) % KINDS.len()];
    let Ok(table) = ImportTable::parse(kind, file, &days()) else { return };
    for (_, letters, _) in table.describe_columns() {
        assert!((1..=2).contains(&letters.len()), "{letters}");
    }
}

/// A cell of a table, as money, as an area and as a day.
pub fn cell(bytes: &[u8]) {
    for cell in [Cell::Text(text(bytes).to_owned()), Cell::Number(text(bytes).to_owned())] {
        for power in [0, 3, 6, 9] {
            let _ = (cell.parse_amount(power), cell.parse_rounded(power));
        }
        let shown = Cell::Text(cell.text());
        assert_eq!(shown.text(), cell.text(), "what is shown is shown the same again");
        if let Some(day) = cell.parse_day(&days()) {
            assert_eq!(Cell::Text(day.format("%d/%m/%Y").to_string()).parse_day(&[]), Some(day));
        }
    }
}

/// Where a page of a list begins.
pub fn cursor(bytes: &[u8]) {
    if let Some(key) = pagination::decode_cursor(text(bytes)) {
        assert_eq!(pagination::encode_cursor(&key), text(bytes), "a key has one cursor");
    }
}

/// `If-Match` and `If-None-Match`.
pub fn entity_tag(bytes: &[u8]) {
    if let Some(version) = etag::parse(text(bytes)) {
        assert!(version >= 0);
        assert_eq!(etag::parse(&etag::header(version).1), Some(version));
    }
    let ours = HeaderValue::from_static("\"v3\"");
    assert!(conditional_get::matches_etag("\"v3\"", &ours));
    let _ = conditional_get::matches_etag(text(bytes), &ours);
}

/// `Idempotency-Key`.
pub fn idempotency_key(bytes: &[u8]) {
    let Ok(sent) = HeaderValue::from_bytes(bytes) else { return };
    if let Some(key) = idempotency::parse_key(&sent) {
        assert!((1..=255).contains(&key.len()) && !key.contains('\0'));
    }
}

/// A day in a path or a body.
pub fn date(bytes: &[u8]) {
    if let Ok(day) = text(bytes).parse::<NaiveDate>() {
        assert_eq!(day.to_string().parse(), Ok(day));
    }
}

/// `A01…A24`, and the code of a booth.
pub fn booth_pattern(bytes: &[u8]) {
    let _ = numbering::split_booth_code(text(bytes));
    if let Some(run) = NumberingPattern::parse(text(bytes)) {
        let places: Vec<_> = run.places().collect();
        assert!((1..=1_000).contains(&places.len()));
        for (code, place) in places {
            assert_eq!(
                numbering::split_booth_code(&code).map(|(row, place, _)| (row, place)),
                Some((run.row.clone(), place))
            );
        }
    }
}

/// A tax code, for each legal form that has its own.
pub fn tax_code(bytes: &[u8]) {
    for form in [LegalForm::CoOperative, LegalForm::HouseholdBusiness] {
        if let Some(code) = tax_code::parse(text(bytes), form) {
            assert_eq!(tax_code::parse(&code, form), Some(code.clone()), "what is kept is taken again");
            assert!(code.len() <= 14 && code.bytes().all(|b| b.is_ascii_digit() || b == b'-'), "{code}");
        }
    }
}

/// A paper by its bytes.
pub fn paper(bytes: &[u8]) {
    if let Ok(kind) = FileType::detect(bytes, Some("application/pdf")) {
        assert_eq!(kind, FileType::Pdf);
    }
}
