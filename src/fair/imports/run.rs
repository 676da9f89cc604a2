//! Carries a table out, or tries it: a dry run is the real thing, taken back.
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

/// Rows that are carried out before the progress is told.
const PART: usize = 5_000;

/// What is wrong with a row, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// As the spreadsheet counts it.
    pub row: u64,
    /// Which field; empty for the whole row.
    pub field: String,
    /// Stable code.
    pub code: String,
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl Fault {
    /// In a language.
    pub fn say(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

/// What became of a table, or would.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Rows that mean something.
    pub rows: usize,
    /// Things that are new.
    pub added: usize,
    /// Things that are others now.
    pub changed: usize,
    /// Rows that say what was known.
    pub unchanged: usize,
    /// What is wrong, by row.
    pub faults: Vec<Fault>,
    /// Rows that were passed over.
    pub passed: Vec<PassedRow>,
    /// Totals that are not what their rows add up to.
    pub totals: Vec<Total>,
}

impl Outcome {
    /// Rows that cannot be taken.
    pub fn bad_rows(&self) -> BTreeSet<u64> {
        self.faults.iter().map(|f| f.row).collect()
    }
}

/// Hears how many rows of how many are done.
pub type Progress<'a> = &'a dyn Fn(usize, usize);

#[derive(Default)]
struct Done {
    added: usize,
    changed: usize,
    unchanged: usize,
}

impl std::ops::AddAssign for Done {
    fn add_assign(&mut self, more: Self) {
        self.added += more.added;
        self.changed += more.changed;
        self.unchanged += more.unchanged;
    }
}

fn fault(error: FieldError) -> Fault {
    let mut parts = error.pointer.trim_start_matches('/').splitn(2, '/');
    Fault {
        row: parts.next().and_then(|row| row.parse().ok()).unwrap_or(0),
        field: parts.next().unwrap_or_default().to_owned(),
        code: error.code.to_owned(),
        vi: error.detail.say(Language::Vi).to_owned(),
        en: error.detail.say(Language::En).to_owned(),
    }
}

/// Products of exhibitors that applied to the edition.
fn add_products(tx: &mut Tx<'_>, granted: &Granted, lines: Vec<(u64, ProductLine)>) -> Result<Done, Problem> {
    let edition = editions::store::open_for_change(tx, granted.edition()?)?;
    let mut named: HashMap<String, Option<ExhibitorId>> = HashMap::new();
    for (id, name) in applications::store::exhibitors_of(tx, edition.id)? {
        named.entry(name).and_modify(|known| *known = None).or_insert(Some(id));
    }
    let sellers: Vec<ExhibitorId> = named.values().flatten().copied().collect();
    let mut known: BTreeSet<(ExhibitorId, String)> = products::store::names_of(tx, &sellers)?.into_iter().collect();
    let (mut checks, mut faults, mut new, mut unchanged) = (Checks::default(), Vec::new(), Vec::new(), 0);
    for (line, product) in lines {
        let at = format!("/{line}");
        let exhibitor = named.get(&text::fold(&product.exhibitor)).copied().flatten();
        let said = Said("import-unknown-exhibitor");
        checks.that(exhibitor.is_some(), &format!("{at}/exhibitor"), "unknown", said.with(&[("line", &line)]));
        let name = checks.text(&format!("{at}/name"), &product.name, 200);
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
            faults
                .extend(problem.errors.into_iter().map(|e| FieldError { pointer: format!("{at}{}", e.pointer), ..e }));
        }
        if known.insert((row.exhibitor_id, row.name_search.clone())) {
            new.push(row);
        } else {
            unchanged += 1;
        }
    }
    if let Err(problem) = checks.done() {
        faults.extend(problem.errors);
    }
    if !faults.is_empty() {
        return Err(Problem { code: Code::Invalid, detail: None, errors: faults });
    }
    products::store::insert(tx, &new)?;
    granted.audit(tx, "product.import", edition.id, None, Some(new.len()))?;
    Ok(Done { added: new.len(), changed: 0, unchanged })
}

fn carry_out(tx: &mut Tx<'_>, granted: &Granted, rows: Rows) -> Result<Done, Problem> {
    Ok(match rows {
        Rows::Booths(rows) => {
            let added = floor::import::import_lines(tx, granted, rows)?.len();
            Done { added, ..Done::default() }
        }
        Rows::Exhibitors(rows) => {
            let done = applications::import::import_lines(tx, granted, rows)?;
            Done { added: done.added, unchanged: done.unchanged, changed: 0 }
        }
        Rows::Products(rows) => add_products(tx, granted, rows)?,
        Rows::Sales(rows) => {
            let done = sales::import::import_lines(tx, granted, rows)?;
            Done { added: done.added, changed: done.corrected, unchanged: done.unchanged }
        }
        Rows::Visits(rows) => {
            let done = visits::import::import_lines(tx, granted, rows)?;
            Done { added: done.added, unchanged: done.unchanged, changed: 0 }
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

    /// Without these rows, in parts.
    fn parts(self, without: &BTreeSet<u64>) -> Vec<Rows> {
        fn split<T: Clone>(rows: Vec<(u64, T)>, without: &BTreeSet<u64>, of: fn(Vec<(u64, T)>) -> Rows) -> Vec<Rows> {
            let good: Vec<(u64, T)> = rows.into_iter().filter(|(row, _)| !without.contains(row)).collect();
            good.chunks(PART).map(|part| of(part.to_vec())).collect()
        }
        match self {
            Rows::Booths(rows) => split(rows, without, Rows::Booths),
            Rows::Exhibitors(rows) => split(rows, without, Rows::Exhibitors),
            Rows::Products(rows) => split(rows, without, Rows::Products),
            Rows::Sales(rows) => split(rows, without, Rows::Sales),
            Rows::Visits(rows) => split(rows, without, Rows::Visits),
        }
    }
}

/// Which rows are taken when some cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// None of them.
    All,
    /// Those that can be.
    GoodRows,
}

/// Carries a table out. Faults are in the outcome; whether to keep what was done is the caller's to say, by
/// [`Tx::keep_if`].
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
    let found = lines(kind, sheet, mapping);
    let mut checks = Checks::default();
    let rows = rows(kind, &found, mapping, &days, &mut checks);
    let mut outcome = Outcome { rows: rows.len(), passed: found.passed, totals: found.totals, ..Outcome::default() };
    if let Err(problem) = checks.done() {
        outcome.faults.extend(problem.errors.into_iter().map(fault));
    }
    let (all, unread) = (rows.len(), outcome.bad_rows());
    let (mut done, mut at) = (Done::default(), 0);
    progress(0, all);
    for part in rows.parts(&unread) {
        at += part.len();
        // Tried first: what a part did before its fault was found is taken back, and its good rows are done alone.
        let tried = part.clone();
        let step = match tx.keep_if(|tx| carry_out(tx, granted, tried).map(|d| (d, true)))? {
            Ok(step) => step,
            Err(problem) if problem.errors.is_empty() => return Err(problem),
            Err(problem) => {
                outcome.faults.extend(problem.errors.into_iter().map(fault));
                let mut step = Done::default();
                if mode == Mode::GoodRows {
                    for good in part.parts(&outcome.bad_rows()) {
                        step += carry_out(tx, granted, good)?;
                    }
                }
                step
            }
        };
        done += step;
        progress(at, all);
    }
    outcome.faults.sort_by(|a, b| (a.row, &a.field).cmp(&(b.row, &b.field)));
    (outcome.added, outcome.changed, outcome.unchanged) = (done.added, done.changed, done.unchanged);
    Ok(outcome)
}
