//! JSON views of imports: columns, mapping, progress and outcome.
use std::collections::BTreeMap;

use serde::Serialize;

use super::super::{
    extract_rows::{PassedRow, Total},
    fields::{Field, ImportKind, UnitName},
    preview::{Sum, UnderstoodRow, Value},
    progress::ImportProgress,
    run::{ImportOutcome, RowError},
    store::{self, ImportRow, ImportSummaryRow},
    stored_import::{storage_error, stored_table},
    table::{ImportTable, SheetInfo},
};
use hoicho_core::{
    db::Tx,
    i18n::{Language, MessageId, format},
    states::ImportState,
    values::{
        clock::Day,
        ids::{EditionId, ImportId},
    },
};
use hoicho_web::http::{Problem, spreadsheet::column_letters};

/// Max errors and skipped rows in a response; the CSV of bad rows has all errors.
const MAX_ERRORS: usize = 1_000;
/// Max sample cells per column.
const MAX_SAMPLES: usize = 3;

/// A column of the sheet.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ColumnView {
    /// Column letters.
    pub column: String,
    /// Text of the header row; empty if there is none.
    pub title: String,
    /// First non-empty cells.
    pub samples: Vec<String>,
    /// Mapped field; absent if the column is ignored.
    pub field: Option<String>,
    /// Day of the column, if days are columns.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    pub day: Option<Day>,
}

/// A field of the import kind.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FieldView {
    /// Its name in `columns`, `units` and `values` of a mapping.
    pub name: &'static str,
    /// Whether it is required.
    pub is_needed: bool,
    /// Units that can be chosen for its column.
    pub units: Vec<UnitName>,
    /// The unit that was chosen, instead of what the title says.
    pub chosen_unit: Option<UnitName>,
    /// Whether it can have a value for the whole table.
    pub is_given_once: bool,
    /// Its value for the whole table: chosen, or from a line above the table.
    pub value: Option<String>,
}

/// Error of a row.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FaultView {
    /// Row number in the spreadsheet, from 1.
    pub row: u64,
    /// Field; empty if the error is about the row.
    pub field: String,
    /// Stable error code.
    pub code: String,
    /// The error and how to correct it, in the caller's language.
    pub detail: String,
}

/// Result of a dry run or import.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OutcomeView {
    /// Number of data rows.
    pub rows: usize,
    /// Things that the rows create.
    pub added: usize,
    /// Existing things that the rows change: corrected sales reports.
    pub changed: usize,
    /// Rows that are there already and change nothing.
    pub unchanged: usize,
    /// Number of rows with errors.
    pub bad_rows: usize,
    /// Errors by row; the first 1,000.
    pub faults: Vec<FaultView>,
    /// Skipped rows; the first 1,000.
    pub passed: Vec<PassedRow>,
    /// Totals that differ from the sum of their rows.
    pub totals: Vec<Total>,
    /// Remarks on rows that are imported; the first 1,000.
    pub warnings: Vec<FaultView>,
    /// Unusual values, which are imported only with `accept_warnings`; the first 1,000.
    pub to_confirm: Vec<FaultView>,
    /// Rows and sums by day.
    pub by_day: Vec<Sum>,
    /// Rows and sums by zone.
    pub by_zone: Vec<Sum>,
    /// The first rows as understood.
    pub first_rows: Vec<UnderstoodRowView>,
    /// The last rows as understood; empty if the first ones are all.
    pub last_rows: Vec<UnderstoodRowView>,
}

/// A row as it was understood.
#[derive(Serialize, utoipa::ToSchema)]
pub struct UnderstoodRowView {
    /// Row number in the spreadsheet, from 1.
    pub row: u64,
    /// Values as text by field.
    pub values: BTreeMap<String, String>,
}

/// Progress in rows: of a plan that this node computes, of an import that is being written or undone, or was when it was interrupted.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ProgressView {
    /// Rows that are read, written or undone.
    pub done: usize,
    /// Rows in total.
    pub all: usize,
}

/// An import.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ImportView {
    /// Made by the server; sorts by upload.
    pub id: ImportId,
    /// What the rows are.
    pub kind: ImportKind,
    /// Name of the file as uploaded; the kind if it had none.
    pub file_name: String,
    /// Sheet name; empty for CSV.
    pub sheet: String,
    /// All sheets of the file. Only `sheet` is imported.
    pub sheets: Vec<SheetInfo>,
    /// `uploaded` and `checked` can be mapped, checked and applied; `applied` can be undone.
    pub state: ImportState,
    /// Header row, from 1; 0 if the table has no titles.
    pub header_row: usize,
    /// Columns with a title or a cell, with the field that each is read as.
    pub columns: Vec<ColumnView>,
    /// Fields that this kind of import has.
    pub fields: Vec<FieldView>,
    /// Required fields without a column.
    pub missing: Vec<&'static str>,
    /// Units of numeric fields, from the column titles: `nghìn`, `triệu`, `tỷ`, `m²`, `dm²`; empty for plain numbers, `?` if unclear.
    pub units: BTreeMap<String, &'static str>,
    /// Result of the last dry run or import.
    pub outcome: Option<OutcomeView>,
    /// Progress, while this node reads the table, or while the import is `applying`, `undoing` or `interrupted`.
    pub progress: Option<ProgressView>,
    /// Rows of the fair that an `interrupted` import made and that are there: what `undo` takes back.
    pub made: Option<i64>,
}

fn columns(table: &ImportTable) -> Vec<ColumnView> {
    let ImportTable { sheet, mapping, .. } = table;
    let data_rows = || sheet.rows.iter().skip(mapping.first_row()).take(200);
    let width = data_rows().take(50).map(Vec::len).max().unwrap_or(0);
    let header = mapping.header_row.and_then(|row| sheet.rows.get(row));
    let width = width.max(header.map_or(0, Vec::len));
    let column = |at: usize| {
        let cells = data_rows().filter_map(|row| row.get(at)).filter(|c| !c.is_empty());
        ColumnView {
            column: column_letters(at),
            title: mapping.title(sheet, at),
            samples: cells.take(MAX_SAMPLES).map(|c| c.text().chars().take(60).collect()).collect(),
            field: mapping.columns.iter().find(|(_, taken)| **taken == at).map(|(name, _)| name.clone()),
            day: mapping.day_columns.iter().find(|day| day.column == at).map(|day| day.day),
        }
    };
    (0..width).map(column).filter(|c| !c.title.is_empty() || !c.samples.is_empty()).collect()
}

fn text(value: Value, currency: &str, language: Language) -> String {
    match value {
        Value::Text(text) => text,
        Value::Day(day) => format::date(language, day),
        Value::Money(amount) => format::money(language, amount, currency),
        Value::Count(count) => format::integer(language, count),
        Value::Area(dm2) => format!("{} m²", format::area(language, dm2)),
        Value::Time(minutes) => format!("{:02}:{:02}", minutes / 60, minutes % 60),
        Value::Flag(flag) => {
            let answer = if flag { MessageId("import-yes") } else { MessageId("import-no") };
            answer.localize().get(language).to_owned()
        }
    }
}

fn outcome(outcome: ImportOutcome, currency: &str, language: Language) -> OutcomeView {
    let bad_rows = outcome.bad_rows().len();
    let faults = |errors: Vec<RowError>| {
        let fault = |f: RowError| FaultView {
            detail: f.message(language).to_owned(),
            row: f.row,
            field: f.field,
            code: f.code,
        };
        errors.into_iter().take(MAX_ERRORS).map(fault).collect()
    };
    let rows = |rows: Vec<UnderstoodRow>| {
        let shown = |(name, value)| (name, text(value, currency, language));
        let row =
            |r: UnderstoodRow| UnderstoodRowView { row: r.row, values: r.values.into_iter().map(shown).collect() };
        rows.into_iter().map(row).collect()
    };
    OutcomeView {
        rows: outcome.rows,
        added: outcome.added,
        changed: outcome.changed,
        unchanged: outcome.unchanged,
        bad_rows,
        faults: faults(outcome.faults),
        passed: outcome.passed.into_iter().take(MAX_ERRORS).collect(),
        totals: outcome.totals,
        warnings: faults(outcome.warnings),
        to_confirm: faults(outcome.to_confirm),
        by_day: outcome.preview.by_day,
        by_zone: outcome.preview.by_zone,
        first_rows: rows(outcome.preview.first_rows),
        last_rows: rows(outcome.preview.last_rows),
    }
}

/// How much of an import is written.
#[derive(Default)]
pub(super) struct Written {
    progress: Option<ImportProgress>,
    made: Option<i64>,
}

impl Written {
    /// Reads it; `planning` is the progress of this node.
    pub(super) fn load(tx: &mut Tx<'_>, row: &ImportRow, planning: Option<ImportProgress>) -> Result<Self, Problem> {
        let made = match row.state {
            ImportState::Interrupted => Some(store::count_changes(tx, row.id)?),
            ImportState::Uploaded
            | ImportState::Checked
            | ImportState::Applying
            | ImportState::Applied
            | ImportState::Undoing
            | ImportState::Undone => None,
        };
        let stored = store::find_write(tx, row.id)?.map(|write| {
            let [done, total] = [write.done_rows, write.total_rows].map(|n| usize::try_from(n).unwrap_or_default());
            ImportProgress { done: done.min(total), total }
        });
        Ok(Self { progress: stored.or(planning), made })
    }
}

/// View of an import with its progress.
pub(super) fn view(
    row: &ImportRow,
    table: &ImportTable,
    Written { progress, made }: Written,
    language: Language,
) -> Result<ImportView, Problem> {
    let stored: Option<ImportOutcome> =
        row.outcome.as_deref().map(serde_json::from_str).transpose().map_err(|e| storage_error(&e))?;
    let field = |f: &Field| {
        let chosen = table.mapping.chosen_units.get(f.name);
        let units = f.kind.units().to_vec();
        let chosen_unit = units.iter().copied().find(|unit| Some(&unit.unit()) == chosen);
        FieldView {
            name: f.name,
            is_needed: f.is_required,
            units,
            chosen_unit,
            is_given_once: f.inherits_from_above,
            value: table.mapping.value(f.name).map(str::to_owned),
        }
    };
    Ok(ImportView {
        id: row.id,
        kind: row.kind,
        file_name: row.file_name.clone(),
        sheet: row.sheet_name.clone(),
        sheets: table.sheets.clone(),
        state: row.state,
        header_row: table.mapping.header_row.map_or(0, |row| row + 1),
        columns: columns(table),
        fields: row.kind.fields().iter().map(field).collect(),
        missing: table.mapping.missing_fields(row.kind),
        units: table.mapping.units.iter().map(|(name, unit)| (name.clone(), unit.name())).collect(),
        outcome: stored.map(|stored| outcome(stored, table.context.currency.code(), language)),
        progress: progress.map(|ImportProgress { done, total: all }| ProgressView { done, all }),
        made,
    })
}

/// Reads an import for a page.
pub fn find_view(tx: &mut Tx<'_>, edition: EditionId, id: ImportId, language: Language) -> Result<ImportView, Problem> {
    let row = store::find(tx, edition, id)?;
    let (table, written) = (stored_table(tx, &row)?, Written::load(tx, &row, None)?);
    view(&row, &table, written, language)
}

/// An import in a list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ImportSummaryView {
    /// Made by the server; sorts by upload.
    pub id: ImportId,
    /// What the rows are.
    pub kind: ImportKind,
    /// Name of the file as uploaded; the kind if it had none.
    pub file_name: String,
    /// Sheet name; empty for CSV.
    pub sheet: String,
    /// `applied`: the rows are imported; `undone`: they were taken back.
    pub state: ImportState,
    /// When it was uploaded, RFC 3339 in UTC.
    #[schema(value_type = String)]
    pub created_at: chrono::DateTime<chrono::Utc>,
}

pub(super) fn summary(row: ImportSummaryRow) -> ImportSummaryView {
    ImportSummaryView {
        id: row.id,
        kind: row.kind,
        file_name: row.file_name,
        sheet: row.sheet_name,
        state: row.state,
        created_at: row.created_at.and_utc(),
    }
}

/// The newest imports of an edition, for a page.
pub fn find_recent(tx: &mut Tx<'_>, edition: EditionId, limit: i64) -> Result<Vec<ImportSummaryView>, Problem> {
    Ok(store::page(tx, edition, None, limit)?.into_iter().map(summary).collect())
}
