//! JSON views of imports: columns, mapping, progress and outcome.
use std::collections::BTreeMap;

use serde::Serialize;

use super::super::{
    extract_rows::{PassedRow, Total},
    fields::ImportKind,
    progress::ImportProgress,
    run::ImportOutcome,
    store::ImportRow,
    table::ImportTable,
};
use hoicho_core::{
    i18n::Language,
    states::ImportState,
    values::{clock::Day, ids::ImportId},
};
use hoicho_web::http::{Problem, spreadsheet::column_letters};

/// Max errors and skipped rows in a response; the CSV of bad rows has all errors.
const MAX_ERRORS: usize = 1_000;
/// Max sample cells per column.
const MAX_SAMPLES: usize = 3;

/// A column of the sheet.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ColumnView {
    /// Column letters.
    column: String,
    title: String,
    /// First non-empty cells.
    samples: Vec<String>,
    /// Mapped field; absent if the column is ignored.
    field: Option<String>,
    /// Day of the column, if days are columns.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    day: Option<Day>,
}

/// A field of the import kind.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct FieldView {
    name: &'static str,
    /// Whether it is required.
    is_needed: bool,
}

/// Error of a row.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct FaultView {
    /// Row number in the spreadsheet, from 1.
    row: u64,
    /// Field; empty if the error is about the row.
    field: String,
    code: String,
    detail: String,
}

/// Result of a dry run or import.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct OutcomeView {
    /// Number of data rows.
    rows: usize,
    added: usize,
    changed: usize,
    unchanged: usize,
    /// Number of rows with errors.
    bad_rows: usize,
    /// Errors by row; the first 1,000.
    faults: Vec<FaultView>,
    /// Skipped rows; the first 1,000.
    passed: Vec<PassedRow>,
    /// Totals that differ from the sum of their rows.
    totals: Vec<Total>,
}

/// Progress of a running import in rows.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ProgressView {
    done: usize,
    all: usize,
}

/// An import.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ImportView {
    id: ImportId,
    kind: ImportKind,
    file_name: String,
    /// Sheet name; empty for CSV.
    sheet: String,
    state: ImportState,
    /// Header row, from 1.
    header_row: usize,
    columns: Vec<ColumnView>,
    fields: Vec<FieldView>,
    /// Required fields without a column.
    missing: Vec<&'static str>,
    /// Units of numeric fields as powers of ten, from the column titles.
    powers: BTreeMap<String, u32>,
    /// Result of the last dry run or import.
    outcome: Option<OutcomeView>,
    /// Progress, while this node processes the import.
    progress: Option<ProgressView>,
}

fn columns(table: &ImportTable) -> Vec<ColumnView> {
    let ImportTable { sheet, mapping, .. } = table;
    let data_rows = || sheet.rows.iter().skip(mapping.header_row + 1).take(200);
    let width = data_rows().take(50).map(Vec::len).max().unwrap_or(0);
    let width = width.max(sheet.rows.get(mapping.header_row).map_or(0, Vec::len));
    let column = |at: usize| {
        let cells = data_rows().filter_map(|row| row.get(at)).filter(|c| !c.is_empty());
        ColumnView {
            column: column_letters(at),
            title: mapping.title(sheet, at),
            samples: cells.take(MAX_SAMPLES).map(|c| c.text().chars().take(60).collect()).collect(),
            field: mapping.columns.iter().find(|(_, taken)| **taken == at).map(|(name, _)| name.clone()),
            day: mapping.day_columns.iter().find(|(taken, _)| *taken == at).map(|(_, day)| *day),
        }
    };
    (0..width).map(column).filter(|c| !c.title.is_empty() || !c.samples.is_empty()).collect()
}

fn outcome(outcome: ImportOutcome, language: Language) -> OutcomeView {
    let bad_rows = outcome.bad_rows().len();
    let fault = |f: super::super::run::RowError| FaultView {
        detail: f.message(language).to_owned(),
        row: f.row,
        field: f.field,
        code: f.code,
    };
    OutcomeView {
        rows: outcome.rows,
        added: outcome.added,
        changed: outcome.changed,
        unchanged: outcome.unchanged,
        bad_rows,
        faults: outcome.faults.into_iter().take(MAX_ERRORS).map(fault).collect(),
        passed: outcome.passed.into_iter().take(MAX_ERRORS).collect(),
        totals: outcome.totals,
    }
}

/// View of an import with its progress.
pub(super) fn view(
    row: &ImportRow,
    table: &ImportTable,
    progress: Option<ImportProgress>,
    language: Language,
) -> Result<ImportView, Problem> {
    let stored: Option<ImportOutcome> = row
        .outcome
        .as_deref()
        .map(serde_json::from_str)
        .transpose()
        .map_err(|e| super::stored_import::storage_error(&e))?;
    let field = |f: &super::super::fields::Field| FieldView { name: f.name, is_needed: f.is_required };
    Ok(ImportView {
        id: row.id,
        kind: row.kind,
        file_name: row.file_name.clone(),
        sheet: row.sheet_name.clone(),
        state: row.state,
        header_row: table.mapping.header_row + 1,
        columns: columns(table),
        fields: row.kind.fields().iter().map(field).collect(),
        missing: table.mapping.missing_fields(row.kind),
        powers: table.mapping.powers.clone(),
        outcome: stored.map(|stored| outcome(stored, language)),
        progress: progress.map(|ImportProgress { done, total: all }| ProgressView { done, all }),
    })
}
