//! `hoicho import`: imports an organiser's table from a CSV or XLSX file.
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use clap::{Args, ValueEnum};
use comfy_table::{CellAlignment, Table as Shown, presets::UTF8_FULL_CONDENSED};
use indicatif::{ProgressBar, ProgressStyle};

use super::setup::CommonArgs;
use hoicho_core::{i18n::Language, values::clock::Clock};
use hoicho_fair::{
    find_owners,
    imports::{ImportContext, ImportKind, ImportOutcome, ImportTable, MappingChange, Mode, apply_file},
};
use hoicho_web::{
    http::Problem,
    identity::{WriteSteps, authorization::authorize_operator},
};

/// Kind of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KindArg {
    /// Booths of the floor plan
    Booths,
    /// Exhibitors, each with an approved application
    Exhibitors,
    /// Products of the edition's exhibitors
    Products,
    /// Sales of booths, with one day per row or one day per column
    Sales,
    /// Visitor counts at gates
    Visits,
}

#[derive(Args)]
pub struct ImportArgs {
    /// Kind of rows
    #[arg(value_enum)]
    kind: KindArg,
    /// The edition's slug or identifier
    edition: String,
    /// CSV or XLSX file
    file: PathBuf,
    /// Validate the file and report the result without changing anything
    #[arg(long)]
    check: bool,
    /// Import the valid rows even if others have errors; by default, all or nothing
    #[arg(long)]
    good_rows: bool,
    /// Write the rows with errors to this CSV file, with their error messages
    #[arg(long, value_name = "FILE")]
    bad_rows: Option<PathBuf>,
    /// Map a field to a column, for example amount=D; an empty column removes the mapping
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_parser = parse_mapping)]
    map: Vec<(String, Option<String>)>,
    /// Set the unit of a field, for example amount=million: one, thousand, million, billion; square_metre, square_decimetre
    #[arg(long = "unit", value_name = "FIELD=UNIT", value_parser = parse_mapping)]
    units: Vec<(String, Option<String>)>,
    /// Set a value for the whole table, for example zone=OCOP or day=26/11/2026
    #[arg(long = "value", value_name = "FIELD=VALUE", value_parser = parse_mapping)]
    values: Vec<(String, Option<String>)>,
    /// Row number of the column titles, counted from 1; 0 if there are none
    #[arg(long)]
    header_row: Option<usize>,
    /// Name of the sheet, if the workbook has several tables
    #[arg(long)]
    sheet: Option<String>,
    /// Import unusual amounts too
    #[arg(long)]
    accept_warnings: bool,
    /// Language of error messages: vi or en
    #[arg(long, default_value = "vi")]
    language: String,
    #[command(flatten)]
    place: CommonArgs,
}

fn parse_mapping(arg: &str) -> Result<(String, Option<String>), String> {
    let (field, column) = arg.split_once('=').ok_or("expected FIELD=COLUMN, for example amount=D")?;
    Ok((field.to_owned(), Some(column.to_owned()).filter(|c| !c.is_empty())))
}

fn message(problem: &Problem) -> String {
    problem.to_string()
}

/// Reads the file, then imports or only validates it.
#[expect(clippy::print_stdout, reason = "the command's output")]
pub fn import(args: &ImportArgs) -> Result<(), String> {
    let kind = match args.kind {
        KindArg::Booths => ImportKind::Booths,
        KindArg::Exhibitors => ImportKind::Exhibitors,
        KindArg::Products => ImportKind::Products,
        KindArg::Sales => ImportKind::Sales,
        KindArg::Visits => ImportKind::Visits,
    };
    let bytes = std::fs::read(&args.file).map_err(|e| format!("{}: {e}", args.file.display()))?;
    let (_, db) = super::setup::open_database(&args.place)?;
    let now = Clock::System.now();
    let [columns, units, values] = [&args.map, &args.units, &args.values]
        .map(|pairs| pairs.iter().cloned().collect::<BTreeMap<String, Option<String>>>());
    let change = MappingChange { header_row: args.header_row, columns, units, values };
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} rows, {elapsed}").map_err(|e| e.to_string())?;
    let bar = ProgressBar::new(0).with_style(style);
    let progress = |done: usize, all: usize| {
        bar.set_length(u64::try_from(all).unwrap_or(0));
        bar.set_position(u64::try_from(done).unwrap_or(0));
    };
    let mode = if args.good_rows { Mode::GoodRows } else { Mode::All };
    let file_name = args.file.file_name().map(|name| name.to_string_lossy().chars().take(200).collect::<String>());
    let file_name = file_name.unwrap_or_default();
    // Planned before the transaction that writes, so that a running server waits for the writes only.
    let runtime = actix_web::rt::System::new();
    let planned = db.write_blocking(|tx| {
        let authorized = authorize_operator(tx, find_owners, &args.edition, now)?;
        let context = ImportContext::load(tx, authorized.edition()?)?;
        let table = ImportTable::parse(kind, &bytes, context, args.sheet.as_deref())?.with_mapping(&change)?;
        let planned = table.plan(tx, &authorized, &progress)?;
        Ok::<_, Problem>((authorized, Arc::new(table), planned))
    });
    bar.finish_and_clear();
    let (authorized, table, planned) = planned.map_err(|problem| message(&problem))?;
    let (outcome, language) = (&planned.outcome.clone(), Language::from_header(Some(&args.language)));
    let applied = (!args.check).then(|| {
        let steps = WriteSteps::of_operator(db.clone(), Clock::System, authorized);
        let how = (mode, args.accept_warnings);
        runtime.block_on(apply_file(steps, (file_name, table.clone()), planned, how, language))
    });
    let id = applied.transpose().map_err(|problem| message(&problem))?.map(|(id, _)| id);
    print_outcome(&table, outcome, language);
    if let Some(file) = &args.bad_rows {
        let rows = table.bad_rows_csv(outcome, language).map_err(|problem| message(&problem))?;
        std::fs::write(file, rows).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    let is_imported = !args.check && outcome.is_applied(mode, args.accept_warnings);
    match (id, is_imported) {
        (None, _) => println!("Nothing was changed: this was a check."),
        (Some(id), true) => println!("Imported. To undo it: /manage/{}/imports/{id}", args.edition),
        (Some(_), false) => {
            return Err("nothing was imported: fix the rows above, or use --good-rows or --accept-warnings".to_owned());
        }
    }
    Ok(())
}

/// Max errors printed; the file of `--bad-rows` has all of them.
const MAX_LISTED_ERRORS: usize = 50;

#[expect(clippy::print_stdout, reason = "the command's output")]
fn print_outcome(table: &ImportTable, outcome: &ImportOutcome, language: Language) {
    let mut columns = Shown::new();
    columns.load_preset(UTF8_FULL_CONDENSED).set_header(["field", "column", "title"]);
    for (field, column, title) in table.describe_columns() {
        columns.add_row([field, column, title]);
    }
    println!("{columns}");
    let mut counts = Shown::new();
    counts.load_preset(UTF8_FULL_CONDENSED).set_header(["rows", "added", "changed", "unchanged", "errors", "skipped"]);
    let bad = outcome.bad_rows().len();
    let numbers = [outcome.rows, outcome.added, outcome.changed, outcome.unchanged, bad, outcome.passed.len()];
    counts.add_row(numbers.map(|n| n.to_string()));
    for column in counts.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{counts}");
    for total in &outcome.totals {
        println!("Row {}: the stated total is {}, the sum of the rows is {}.", total.row, total.stated, total.computed);
    }
    let mut sums = Shown::new();
    sums.load_preset(UTF8_FULL_CONDENSED).set_header(["day or zone", "rows", "sum"]);
    for sum in outcome.preview.by_day.iter().chain(&outcome.preview.by_zone) {
        sums.add_row([sum.key.clone(), sum.rows.to_string(), sum.total.to_string()]);
    }
    if sums.row_count() > 0 {
        println!("{sums}");
    }
    let remarks: Vec<&str> =
        outcome.to_confirm.iter().chain(&outcome.warnings).map(|remark| remark.message(language)).collect();
    for remark in remarks.iter().take(MAX_LISTED_ERRORS) {
        println!("{remark}");
    }
    if remarks.len() > MAX_LISTED_ERRORS {
        println!("… and {} more remarks", remarks.len() - MAX_LISTED_ERRORS);
    }
    if !outcome.faults.is_empty() {
        let mut errors = Shown::new();
        errors.load_preset(UTF8_FULL_CONDENSED).set_header(["row", "field", "error"]);
        for error in outcome.faults.iter().take(MAX_LISTED_ERRORS) {
            errors.add_row([error.row.to_string(), error.field.clone(), error.message(language).to_owned()]);
        }
        println!("{errors}");
        if outcome.faults.len() > MAX_LISTED_ERRORS {
            println!("… and {} more: see --bad-rows", outcome.faults.len() - MAX_LISTED_ERRORS);
        }
    }
}
