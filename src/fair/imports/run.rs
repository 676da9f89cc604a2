//! Plans an import: its outcome, and what it will write. A dry run is a plan that is not written.
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    changes,
    extract_rows::{PassedRow, Total, extract_rows},
    importer::{Counts, Importer, PlannedPart},
    parse_rows::{ParsedRows, parse_rows},
    preview::Preview,
    read_cells::CellReader,
    table::ImportTable,
};
use crate::floor;
use hoicho_core::{
    db::Tx,
    i18n::{Language, MessageId},
    values::ids::{EditionId, ImportId},
};
use hoicho_web::{
    http::{Code, FieldError, Problem, Validator},
    identity::Authorized,
};

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

/// An import that is planned, and not written.
pub struct PlannedImport {
    /// What the import will have done when it is written.
    pub outcome: ImportOutcome,
    /// What is to be written, each with the number of rows up to its end.
    parts: Vec<(usize, PlannedPart)>,
}

impl ImportOutcome {
    /// Whether the rows are imported.
    pub fn is_applied(&self, mode: Mode, accepts_warnings: bool) -> bool {
        (mode == Mode::GoodRows || self.faults.is_empty()) && (accepts_warnings || self.to_confirm.is_empty())
    }
}

impl ImportTable {
    /// Plans the import of the rows without errors, which are in the outcome. Only reads: it takes as long as there are rows, and no
    /// write waits for it.
    pub fn plan(
        &self,
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        progress: Progress<'_>,
    ) -> Result<PlannedImport, Problem> {
        let ImportTable { kind, sheet, mapping, context, .. } = self;
        let missing = mapping.missing_fields(*kind);
        if !missing.is_empty() {
            let names = missing.join(", ");
            return Err(Problem::new(
                Code::Invalid,
                MessageId("import-columns-required").with_args(&[("names", &names)]),
            ));
        }
        let reader = CellReader::new(*kind, sheet, mapping, context);
        let extracted = extract_rows(*kind, sheet, mapping, &reader);
        let mut checks = Validator::default();
        let (rows, to_confirm) = parse_rows(*kind, &extracted, &reader, &mut checks);
        drop(extracted.rows);
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
        let (mut counts, mut processed) = (Counts { to_confirm, ..Counts::default() }, 0);
        progress(0, total);
        let mut importer = Importer::load(tx, authorized, &rows, &unparsed)?;
        let mut parts = Vec::new();
        for chunk in rows.chunks(&unparsed) {
            processed += chunk.len();
            let (chunk_counts, part) = match importer.plan(tx, authorized, chunk.clone()) {
                Ok(planned) => planned,
                Err(problem) if problem.errors.is_empty() => return Err(problem),
                Err(problem) => {
                    let faults: Vec<RowError> = problem.errors.into_iter().map(to_row_error).collect();
                    let bad_rows = faults.iter().map(|fault| fault.row).collect();
                    outcome.faults.extend(faults);
                    importer.plan(tx, authorized, chunk.without(&bad_rows))?
                }
            };
            counts += chunk_counts;
            if !part.is_empty() {
                parts.push((processed, part));
            }
            progress(processed, total);
        }
        outcome.faults.sort_by(|a, b| (a.row, &a.field).cmp(&(b.row, &b.field)));
        (outcome.added, outcome.changed, outcome.unchanged) = (counts.added, counts.changed, counts.unchanged);
        outcome.warnings = counts.warnings.into_iter().map(to_row_error).collect();
        outcome.to_confirm = counts.to_confirm.into_iter().map(to_row_error).collect();
        Ok(PlannedImport { outcome, parts })
    }
}

impl PlannedImport {
    /// Number of chunks in which it is written.
    pub(super) fn chunks(&self) -> usize {
        self.parts.len()
    }

    /// Writes a chunk of the stored `import`. Only inserts and updates.
    ///
    /// # Errors
    /// A conflict, if what the plan is based on has changed: nothing of the chunk is imported then, and a new plan says what is wrong.
    pub(super) fn write_chunk(
        &self,
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        import: ImportId,
        chunk: usize,
    ) -> Result<(), Problem> {
        let Some((_, part)) = self.parts.get(chunk) else { return Ok(()) };
        let made = part.write(tx, authorized)?;
        changes::record(tx, import, made)
    }

    /// Rows of the table up to the end of a chunk, and all of them.
    pub(super) fn progress(&self, chunk: usize) -> (usize, usize) {
        (self.parts.get(chunk).map_or(self.outcome.rows, |(end, _)| *end), self.outcome.rows)
    }
}
