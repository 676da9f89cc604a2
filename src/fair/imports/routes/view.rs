//! A table as it is shown: its columns with what they are taken for, and what became of it.
use std::collections::BTreeMap;

use serde::Serialize;

use super::super::{
    fields::ImportKind,
    lines::{PassedRow, Total},
    progress::Under,
    run::Outcome,
    store::{ImportRow, ImportState},
    table::Table,
};
use hoicho_core::{
    i18n::Language,
    values::{clock::Day, ids::ImportId},
};
use hoicho_web::http::{Problem, export::letters};

/// Faults that are shown; all of them are in the file of bad rows.
const MOST_FAULTS: usize = 1_000;
/// Cells of a column that are shown to recognise it by.
const SAMPLES: usize = 3;

/// A column of the table.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ColumnView {
    /// As a spreadsheet calls it.
    column: String,
    title: String,
    /// The first of what stands under it.
    samples: Vec<String>,
    /// What it is taken for; absent for nothing.
    field: Option<String>,
    /// The day it is, where days are columns.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    day: Option<Day>,
}

/// A field that a column can be.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct FieldView {
    name: &'static str,
    /// Whether a row is nothing without it.
    is_needed: bool,
}

/// What is wrong with a row.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct FaultView {
    /// As the spreadsheet counts it.
    row: u64,
    /// Which field; empty for the whole row.
    field: String,
    code: String,
    detail: String,
}

/// What became of the table, or would.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct OutcomeView {
    /// Rows that mean something.
    rows: usize,
    added: usize,
    changed: usize,
    unchanged: usize,
    /// Rows that cannot be taken.
    bad_rows: usize,
    /// What is wrong, by row: the first 1,000.
    faults: Vec<FaultView>,
    /// Rows that were passed over.
    passed: Vec<PassedRow>,
    /// Totals that are not what their rows add up to.
    totals: Vec<Total>,
}

/// How far it is.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ProgressView {
    done: usize,
    all: usize,
}

/// A table.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ImportView {
    id: ImportId,
    kind: ImportKind,
    file_name: String,
    /// Which sheet of a workbook; empty for CSV.
    sheet: String,
    state: ImportState,
    /// The row of the titles, from 1.
    header_row: usize,
    columns: Vec<ColumnView>,
    fields: Vec<FieldView>,
    /// Fields that no column is and no row is anything without.
    missing: Vec<&'static str>,
    /// Numbers of these fields are in units of `10^n`, as the titles say.
    powers: BTreeMap<String, u32>,
    /// Of the last check, or of what was done.
    outcome: Option<OutcomeView>,
    /// While this node works on it.
    progress: Option<ProgressView>,
}

fn columns(table: &Table) -> Vec<ColumnView> {
    let Table { sheet, mapping, .. } = table;
    let under = || sheet.rows.iter().skip(mapping.header_row + 1).take(200);
    let width = under().take(50).map(Vec::len).max().unwrap_or(0);
    let width = width.max(sheet.rows.get(mapping.header_row).map_or(0, Vec::len));
    let column = |at: usize| {
        let cells = under().filter_map(|row| row.get(at)).filter(|c| !c.is_empty());
        ColumnView {
            column: letters(at),
            title: mapping.title(sheet, at),
            samples: cells.take(SAMPLES).map(|c| c.text().chars().take(60).collect()).collect(),
            field: mapping.columns.iter().find(|(_, taken)| **taken == at).map(|(name, _)| name.clone()),
            day: mapping.day_columns.iter().find(|(taken, _)| *taken == at).map(|(_, day)| *day),
        }
    };
    (0..width).map(column).filter(|c| !c.title.is_empty() || !c.samples.is_empty()).collect()
}

fn outcome(outcome: Outcome, language: Language) -> OutcomeView {
    let bad_rows = outcome.bad_rows().len();
    let fault = |f: super::super::run::Fault| FaultView {
        detail: f.say(language).to_owned(),
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
        faults: outcome.faults.into_iter().take(MOST_FAULTS).map(fault).collect(),
        passed: outcome.passed.into_iter().take(MOST_FAULTS).collect(),
        totals: outcome.totals,
    }
}

/// A table with how far it is.
pub(super) fn view(
    row: &ImportRow,
    table: &Table,
    under: Option<Under>,
    language: Language,
) -> Result<ImportView, Problem> {
    let known: Option<Outcome> =
        row.outcome.as_deref().map(serde_json::from_str).transpose().map_err(|e| super::broken(&e))?;
    let field = |f: &super::super::fields::Field| FieldView { name: f.name, is_needed: f.is_needed };
    Ok(ImportView {
        id: row.id,
        kind: row.kind,
        file_name: row.file_name.clone(),
        sheet: row.sheet_name.clone(),
        state: row.state,
        header_row: table.mapping.header_row + 1,
        columns: columns(table),
        fields: row.kind.fields().iter().map(field).collect(),
        missing: table.mapping.missing(row.kind),
        powers: table.mapping.powers.clone(),
        outcome: known.map(|known| outcome(known, language)),
        progress: under.map(|Under { done, all }| ProgressView { done, all }),
    })
}
