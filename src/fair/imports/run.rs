//! Runs an import. A dry run is an import that is rolled back.
use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::{
    fields::ImportKind,
    lines::{PassedRow, Total, lines},
    mapping::Mapping,
    read::{ProductLine, Rows, rows},
    table::days,
};
use crate::{
    applications, editions, floor,
    products::{self, store::ProductRow},
    sales, visits,
};
use hoicho_core::{
    db::Tx,
    i18n::{Language, Said},
    values::{
        ids::{ExhibitorId, ProductId},
        text,
    },
};
use hoicho_spreadsheet::Sheet;
use hoicho_web::{
    http::{Checks, Code, FieldError, Problem},
    identity::Granted,
};

/// Rows per savepoint and progress update.
const CHUNK_ROWS: usize = 5_000;

/// Error of a row, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
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

impl Fault {
    /// Message in a language.
    pub fn say(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

/// Result of an import or dry run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Number of data rows.
    pub rows: usize,
    /// Number of created resources.
    pub added: usize,
    /// Number of changed resources.
    pub changed: usize,
    /// Number of rows without a change.
    pub unchanged: usize,
    /// Errors by row.
    pub faults: Vec<Fault>,
    /// Skipped rows.
    pub passed: Vec<PassedRow>,
    /// Totals that differ from the sum of their rows.
    pub totals: Vec<Total>,
}

impl Outcome {
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
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.added += more.added;
        self.changed += more.changed;
        self.unchanged += more.unchanged;
    }
}

fn to_row_error(error: FieldError) -> Fault {
    let mut parts = error.pointer.trim_start_matches('/').splitn(2, '/');
    Fault {
        row: parts.next().and_then(|row| row.parse().ok()).unwrap_or(0),
        field: parts.next().unwrap_or_default().to_owned(),
        code: error.code.to_owned(),
        vi: error.detail.say(Language::Vi).to_owned(),
        en: error.detail.say(Language::En).to_owned(),
    }
}

/// Imports products of exhibitors that applied to the edition. Exhibitors are matched by unique folded name.
fn add_products(tx: &mut Tx<'_>, granted: &Granted, lines: Vec<(u64, ProductLine)>) -> Result<Counts, Problem> {
    let edition = editions::store::open_for_change(tx, granted.edition()?)?;
    let mut by_name: HashMap<String, Option<ExhibitorId>> = HashMap::new();
    for (id, name) in applications::store::exhibitors_of(tx, edition.id)? {
        by_name.entry(name).and_modify(|id| *id = None).or_insert(Some(id));
    }
    let sellers: Vec<ExhibitorId> = by_name.values().flatten().copied().collect();
    let mut existing: BTreeSet<(ExhibitorId, String)> = products::store::names_of(tx, &sellers)?.into_iter().collect();
    let (mut checks, mut errors, mut new, mut unchanged) = (Checks::default(), Vec::new(), Vec::new(), 0);
    for (line, product) in lines {
        let pointer = format!("/{line}");
        let exhibitor = by_name.get(&text::fold(&product.exhibitor)).copied().flatten();
        let message = Said("import-unknown-exhibitor");
        checks.that(exhibitor.is_some(), &format!("{pointer}/exhibitor"), "unknown", message.with(&[("line", &line)]));
        let name = checks.text(&format!("{pointer}/name"), &product.name, 200);
        let row = ProductRow {
            id: ProductId::make(),
            exhibitor_id: exhibitor.unwrap_or_else(ExhibitorId::make),
            name_search: text::fold(&name),
            name,
            product_group: product.group,
            stars: product.stars,
            certificate_number: product.certificate_number,
            certificate_expires_on: product.certificate_expires_on,
            version: 1,
            created_at: granted.now,
        };
        if let Err(problem) = products::check(&row, granted.now.date()) {
            errors.extend(
                problem.errors.into_iter().map(|e| FieldError { pointer: format!("{pointer}{}", e.pointer), ..e }),
            );
        }
        if existing.insert((row.exhibitor_id, row.name_search.clone())) {
            new.push(row);
        } else {
            unchanged += 1;
        }
    }
    if let Err(problem) = checks.done() {
        errors.extend(problem.errors);
    }
    if !errors.is_empty() {
        return Err(Problem { code: Code::Invalid, detail: None, errors });
    }
    products::store::insert(tx, &new)?;
    granted.audit(tx, "product.import", edition.id, None, Some(new.len()))?;
    Ok(Counts { added: new.len(), changed: 0, unchanged })
}

fn import_rows(tx: &mut Tx<'_>, granted: &Granted, rows: Rows) -> Result<Counts, Problem> {
    Ok(match rows {
        Rows::Booths(rows) => {
            let added = floor::import::import_lines(tx, granted, rows)?.len();
            Counts { added, ..Counts::default() }
        }
        Rows::Exhibitors(rows) => {
            let done = applications::import::import_lines(tx, granted, rows)?;
            Counts { added: done.added, unchanged: done.unchanged, changed: 0 }
        }
        Rows::Products(rows) => add_products(tx, granted, rows)?,
        Rows::Sales(rows) => {
            let done = sales::import::import_lines(tx, granted, rows)?;
            Counts { added: done.added, changed: done.corrected, unchanged: done.unchanged }
        }
        Rows::Visits(rows) => {
            let done = visits::import::import_lines(tx, granted, rows)?;
            Counts { added: done.added, unchanged: done.unchanged, changed: 0 }
        }
    })
}

impl Rows {
    fn len(&self) -> usize {
        match self {
            Rows::Booths(rows) => rows.len(),
            Rows::Exhibitors(rows) => rows.len(),
            Rows::Products(rows) => rows.len(),
            Rows::Sales(rows) => rows.len(),
            Rows::Visits(rows) => rows.len(),
        }
    }

    /// Splits the rows into chunks, without the `excluded` row numbers.
    fn chunks(self, excluded: &BTreeSet<u64>) -> Vec<Rows> {
        fn split<T: Clone>(rows: Vec<(u64, T)>, excluded: &BTreeSet<u64>, of: fn(Vec<(u64, T)>) -> Rows) -> Vec<Rows> {
            let valid: Vec<(u64, T)> = rows.into_iter().filter(|(row, _)| !excluded.contains(row)).collect();
            valid.chunks(CHUNK_ROWS).map(|chunk| of(chunk.to_vec())).collect()
        }
        match self {
            Rows::Booths(rows) => split(rows, excluded, Rows::Booths),
            Rows::Exhibitors(rows) => split(rows, excluded, Rows::Exhibitors),
            Rows::Products(rows) => split(rows, excluded, Rows::Products),
            Rows::Sales(rows) => split(rows, excluded, Rows::Sales),
            Rows::Visits(rows) => split(rows, excluded, Rows::Visits),
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

/// Runs an import. Row errors are in the outcome; the caller decides whether to roll back, by [`Tx::keep_if`].
pub(super) fn run(
    tx: &mut Tx<'_>,
    granted: &Granted,
    (kind, sheet, mapping): (ImportKind, &Sheet, &Mapping),
    mode: Mode,
    progress: Progress<'_>,
) -> Result<Outcome, Problem> {
    let missing = mapping.missing(kind);
    if !missing.is_empty() {
        let names = missing.join(", ");
        return Err(Problem::new(Code::Invalid, Said("the-columns-for-names-are-missing").with(&[("names", &names)])));
    }
    let days = days(tx, granted.edition()?)?;
    let extracted = lines(kind, sheet, mapping);
    let mut checks = Checks::default();
    let rows = rows(kind, &extracted, mapping, &days, &mut checks);
    let mut outcome =
        Outcome { rows: rows.len(), passed: extracted.passed, totals: extracted.totals, ..Outcome::default() };
    if let Err(problem) = checks.done() {
        outcome.faults.extend(problem.errors.into_iter().map(to_row_error));
    }
    let (total, unparsed) = (rows.len(), outcome.bad_rows());
    let (mut counts, mut processed) = (Counts::default(), 0);
    progress(0, total);
    for chunk in rows.chunks(&unparsed) {
        processed += chunk.len();
        // Import the chunk in a savepoint. On row errors it is rolled back, and only the valid rows are imported again.
        let attempt = chunk.clone();
        let chunk_counts = match tx.keep_if(|tx| import_rows(tx, granted, attempt).map(|counts| (counts, true)))? {
            Ok(counts) => counts,
            Err(problem) if problem.errors.is_empty() => return Err(problem),
            Err(problem) => {
                outcome.faults.extend(problem.errors.into_iter().map(to_row_error));
                let mut counts = Counts::default();
                if mode == Mode::GoodRows {
                    for valid in chunk.chunks(&outcome.bad_rows()) {
                        counts += import_rows(tx, granted, valid)?;
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
    Ok(outcome)
}
