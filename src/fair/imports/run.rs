//! Runs an import. A dry run is an import that is rolled back.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::{
    extract_rows::{PassedRow, Total, extract_rows},
    parse_rows::{ParsedRows, ProductRecord, parse_rows},
    preview::Preview,
    read_cells::CellReader,
    table::ImportTable,
};
use crate::{
    applications::{
        self,
        products::{DeclaredProduct, MAX_PRODUCTS},
    },
    editions, floor, sales, visits,
};
use hoicho_core::{
    db::Tx,
    i18n::{Language, MessageId},
    values::{
        ids::{ApplicationId, EditionId},
        text,
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, FieldCode, FieldError, Problem, Validator},
    identity::Authorized,
};

/// Rows per savepoint and progress update.
const CHUNK_ROWS: usize = 5_000;

/// Error of a row, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// Row number in the spreadsheet, from 1.
    pub row: u64,
    /// Field; empty if the error is about the row.
    pub field: String,
    /// Stable error code.
    pub code: String,
    /// Vietnamese message.
    pub vi: String,
    /// English message.
    pub en: String,
}

impl RowError {
    /// Message in a language.
    pub fn message(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

/// Result of an import or dry run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportOutcome {
    /// Number of data rows.
    pub rows: usize,
    /// Number of created resources.
    pub added: usize,
    /// Number of changed resources.
    pub changed: usize,
    /// Number of rows without a change.
    pub unchanged: usize,
    /// Errors by row.
    pub faults: Vec<RowError>,
    /// Skipped rows.
    pub passed: Vec<PassedRow>,
    /// Totals that differ from the sum of their rows.
    pub totals: Vec<Total>,
    /// Remarks on rows that are imported.
    #[serde(default)]
    pub warnings: Vec<RowError>,
    /// Unusual values: the rows are imported only if the caller accepts them.
    #[serde(default)]
    pub to_confirm: Vec<RowError>,
    /// What was read.
    #[serde(default)]
    pub preview: Preview,
}

impl ImportOutcome {
    /// Numbers of the rows with errors.
    pub fn bad_rows(&self) -> BTreeSet<u64> {
        self.faults.iter().map(|f| f.row).collect()
    }
}

/// Progress callback: processed rows, total rows.
pub type Progress<'a> = &'a dyn Fn(usize, usize);

#[derive(Default)]
struct Counts {
    added: usize,
    changed: usize,
    unchanged: usize,
    warnings: Vec<FieldError>,
    to_confirm: Vec<FieldError>,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.added += more.added;
        self.changed += more.changed;
        self.unchanged += more.unchanged;
        self.warnings.extend(more.warnings);
        self.to_confirm.extend(more.to_confirm);
    }
}

fn to_row_error(error: FieldError) -> RowError {
    let mut parts = error.pointer.trim_start_matches('/').splitn(2, '/');
    RowError {
        row: parts.next().and_then(|row| row.parse().ok()).unwrap_or(0),
        field: parts.next().unwrap_or_default().to_owned(),
        code: error.code.as_str().to_owned(),
        vi: error.detail.get(Language::Vi).to_owned(),
        en: error.detail.get(Language::En).to_owned(),
    }
}

/// Imports products into the applications of exhibitors, which are matched by exact name if only one has it.
fn add_products(tx: &mut Tx<'_>, authorized: &Authorized, lines: Vec<(u64, ProductRecord)>) -> Result<Counts, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let mut by_name: HashMap<String, Option<ApplicationId>> = HashMap::new();
    for (application, _, name) in applications::store::find_applicants(tx, edition.id)? {
        by_name.entry(name).and_modify(|id| *id = None).or_insert(Some(application));
    }
    let sellers: Vec<ApplicationId> = by_name.values().flatten().copied().collect();
    let (mut existing, mut last_lines) = (BTreeSet::new(), HashMap::<ApplicationId, i32>::new());
    for (application, line, name) in applications::products::find_names(tx, &sellers)? {
        existing.insert((application, name));
        last_lines.insert(application, line);
    }
    let (mut checks, mut new, mut unchanged) = (Validator::default(), Vec::new(), 0);
    for (line, record) in lines {
        let pointer = |field: &str| format!("/{line}/{field}");
        let seller = text::normalize(&record.exhibitor, 200).and_then(|name| by_name.get(&name).copied().flatten());
        checks.require(
            seller.is_some(),
            &pointer("exhibitor"),
            FieldCode::Unknown,
            MessageId("import-unknown-exhibitor").with_args(&[("line", &line)]),
        );
        let product = DeclaredProduct {
            name: checks.require_text(&pointer("name"), &record.name, 200),
            product_group: record.group,
            declared_stars: record.stars,
            certificate_number: record.certificate_number,
            certificate_expires_on: record.certificate_expires_on,
        };
        // The column of the stars is `stars` in tables.
        let field = |name: &str| pointer(if name == "declared_stars" { "stars" } else { name });
        applications::products::validate_declared(&mut checks, &product, &field);
        let Some(application) = seller else { continue };
        if !existing.insert((application, product.name.clone())) {
            unchanged += 1;
            continue;
        }
        let next = last_lines.get(&application).copied().unwrap_or(0) + 1;
        let fits = usize::try_from(next).is_ok_and(|n| n <= MAX_PRODUCTS);
        let message = MessageId("error-product-list-length").with_number("max", MAX_PRODUCTS);
        checks.require(fits, &pointer("name"), FieldCode::Length, message);
        last_lines.insert(application, next);
        new.push(applications::products::to_row(application, next, product));
    }
    checks.finish()?;
    applications::products::insert(tx, &new)?;
    authorized.record_audit(tx, AuditAction::ProductImport, edition.id, None, Some(new.len()))?;
    Ok(Counts { added: new.len(), unchanged, ..Counts::default() })
}

fn import_rows(tx: &mut Tx<'_>, authorized: &Authorized, rows: ParsedRows) -> Result<Counts, Problem> {
    Ok(match rows {
        ParsedRows::Booths(rows) => {
            let rows_read = rows.len();
            let added = floor::import::import_rows(tx, authorized, rows)?.len();
            Counts { added, unchanged: rows_read - added, ..Counts::default() }
        }
        ParsedRows::Exhibitors(rows) => {
            let done = applications::import::import_rows(tx, authorized, rows)?;
            Counts { added: done.added, unchanged: done.unchanged, ..Counts::default() }
        }
        ParsedRows::Products(rows) => add_products(tx, authorized, rows)?,
        ParsedRows::Sales(rows) => {
            let done = sales::import::import_rows(tx, authorized, rows)?;
            Counts {
                added: done.added,
                changed: done.corrected,
                unchanged: done.unchanged,
                to_confirm: done.to_confirm,
                warnings: Vec::new(),
            }
        }
        ParsedRows::Visits(rows) => {
            let done = visits::import::import_rows(tx, authorized, rows)?;
            Counts { added: done.added, unchanged: done.unchanged, warnings: done.warnings, ..Counts::default() }
        }
    })
}

impl ParsedRows {
    fn len(&self) -> usize {
        match self {
            ParsedRows::Booths(rows) => rows.len(),
            ParsedRows::Exhibitors(rows) => rows.len(),
            ParsedRows::Products(rows) => rows.len(),
            ParsedRows::Sales(rows) => rows.len(),
            ParsedRows::Visits(rows) => rows.len(),
        }
    }

    /// Splits the rows into chunks, without the `excluded` row numbers.
    fn chunks(self, excluded: &BTreeSet<u64>) -> Vec<ParsedRows> {
        fn split<T: Clone>(
            rows: Vec<(u64, T)>,
            excluded: &BTreeSet<u64>,
            of: fn(Vec<(u64, T)>) -> ParsedRows,
        ) -> Vec<ParsedRows> {
            let valid: Vec<(u64, T)> = rows.into_iter().filter(|(row, _)| !excluded.contains(row)).collect();
            valid.chunks(CHUNK_ROWS).map(|chunk| of(chunk.to_vec())).collect()
        }
        match self {
            ParsedRows::Booths(rows) => split(rows, excluded, ParsedRows::Booths),
            ParsedRows::Exhibitors(rows) => split(rows, excluded, ParsedRows::Exhibitors),
            ParsedRows::Products(rows) => split(rows, excluded, ParsedRows::Products),
            ParsedRows::Sales(rows) => split(rows, excluded, ParsedRows::Sales),
            ParsedRows::Visits(rows) => split(rows, excluded, ParsedRows::Visits),
        }
    }
}

/// Which rows are imported if some have errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// None.
    All,
    /// The rows without errors.
    GoodRows,
}

/// Zones of the booths of an edition, by code.
fn zones_by_booth(tx: &mut Tx<'_>, rows: &ParsedRows, edition: EditionId) -> Result<BTreeMap<String, String>, Problem> {
    match rows {
        ParsedRows::Sales(_) => Ok(floor::store::zone_names_by_booth(tx, edition)?.into_iter().collect()),
        ParsedRows::Booths(_) | ParsedRows::Exhibitors(_) | ParsedRows::Products(_) | ParsedRows::Visits(_) => {
            Ok(BTreeMap::new())
        }
    }
}

/// Runs an import. Row errors are in the outcome; the caller decides whether to roll back, by [`Tx::savepoint`].
fn run(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    table: &ImportTable,
    mode: Mode,
    progress: Progress<'_>,
) -> Result<ImportOutcome, Problem> {
    let ImportTable { kind, sheet, mapping, context, .. } = table;
    let missing = mapping.missing_fields(*kind);
    if !missing.is_empty() {
        let names = missing.join(", ");
        return Err(Problem::new(Code::Invalid, MessageId("import-columns-required").with_args(&[("names", &names)])));
    }
    let reader = CellReader::new(*kind, sheet, mapping, context);
    let extracted = extract_rows(*kind, sheet, mapping, &reader);
    let mut checks = Validator::default();
    let rows = parse_rows(*kind, &extracted, &reader, &mut checks);
    let mut outcome = ImportOutcome {
        rows: rows.len(),
        passed: extracted.skipped,
        totals: extracted.totals,
        ..ImportOutcome::default()
    };
    if let Err(problem) = checks.finish() {
        outcome.faults.extend(problem.errors.into_iter().map(to_row_error));
    }
    let (total, unparsed) = (rows.len(), outcome.bad_rows());
    let zone_of = zones_by_booth(tx, &rows, authorized.edition()?)?;
    outcome.preview = Preview::new(&rows, &unparsed, &zone_of)?;
    let (mut counts, mut processed) = (Counts::default(), 0);
    progress(0, total);
    for chunk in rows.chunks(&unparsed) {
        processed += chunk.len();
        // Import the chunk in a savepoint. On row errors it is rolled back, and only the valid rows are imported again.
        let attempt = chunk.clone();
        let chunk_counts = match tx.savepoint(|tx| import_rows(tx, authorized, attempt).map(|counts| (counts, true)))? {
            Ok(counts) => counts,
            Err(problem) if problem.errors.is_empty() => return Err(problem),
            Err(problem) => {
                outcome.faults.extend(problem.errors.into_iter().map(to_row_error));
                let mut counts = Counts::default();
                if mode == Mode::GoodRows {
                    for valid in chunk.chunks(&outcome.bad_rows()) {
                        counts += import_rows(tx, authorized, valid)?;
                    }
                }
                counts
            }
        };
        counts += chunk_counts;
        progress(processed, total);
    }
    outcome.faults.sort_by(|a, b| (a.row, &a.field).cmp(&(b.row, &b.field)));
    (outcome.added, outcome.changed, outcome.unchanged) = (counts.added, counts.changed, counts.unchanged);
    outcome.warnings = counts.warnings.into_iter().map(to_row_error).collect();
    outcome.to_confirm = counts.to_confirm.into_iter().map(to_row_error).collect();
    Ok(outcome)
}

impl ImportOutcome {
    /// Whether [`ImportTable::apply`] imported the rows.
    pub fn is_applied(&self, mode: Mode, accepts_warnings: bool) -> bool {
        (mode == Mode::GoodRows || self.faults.is_empty()) && (accepts_warnings || self.to_confirm.is_empty())
    }
}

impl ImportTable {
    /// Imports the rows by `mode`. Row errors are in the outcome; with errors and [`Mode::All`] everything is rolled back, and
    /// so it is if values are unusual and the caller does not accept them.
    pub fn apply(
        &self,
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        (mode, accepts_warnings): (Mode, bool),
        progress: Progress<'_>,
    ) -> Result<ImportOutcome, Problem> {
        tx.savepoint(|tx| {
            let outcome = run(tx, authorized, self, mode, progress)?;
            let is_applied = outcome.is_applied(mode, accepts_warnings);
            Ok((outcome, is_applied))
        })?
    }

    /// Dry run: imports the valid rows and rolls back.
    pub fn check(
        &self,
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        progress: Progress<'_>,
    ) -> Result<ImportOutcome, Problem> {
        tx.savepoint(|tx| Ok((run(tx, authorized, self, Mode::GoodRows, progress)?, false)))?
    }
}
