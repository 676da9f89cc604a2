//! `hoicho import`: a table as organisers have it, from a file.
use std::{collections::BTreeMap, path::PathBuf};

use clap::{Args, ValueEnum};
use comfy_table::{CellAlignment, Table as Shown, presets::UTF8_FULL_CONDENSED};
use indicatif::{ProgressBar, ProgressStyle};

use super::Place;
use hoicho_core::{i18n::Language, values::clock::Clock};
use hoicho_fair::find_owners;
use hoicho_fair::imports::{ImportKind, Mode, Outcome, Table, days};
use hoicho_web::{http::Problem, identity::permit::operator};

/// What the rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KindArg {
    /// Booths of the floor
    Booths,
    /// Exhibitors with an approved application each
    Exhibitors,
    /// What exhibitors of the edition sell
    Products,
    /// What booths sold, a day a row or a day a column
    Sales,
    /// Counts at gates
    Visits,
}

#[derive(Args)]
pub struct Import {
    /// What the rows are
    #[arg(value_enum)]
    kind: KindArg,
    /// The edition's slug or identifier
    edition: String,
    /// CSV or XLSX, as it is
    file: PathBuf,
    /// Tell what would become of it and change nothing
    #[arg(long)]
    check: bool,
    /// Take the rows that are good when some are not; without it, all or nothing
    #[arg(long)]
    good_rows: bool,
    /// Write the rows that are not good here, as CSV with what is wrong with each
    #[arg(long, value_name = "FILE")]
    bad_rows: Option<PathBuf>,
    /// Say which column a field is, as amount=D; an empty letter takes it away
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_parser = pair)]
    map: Vec<(String, Option<String>)>,
    /// The row of the titles, from 1
    #[arg(long)]
    header_row: Option<usize>,
    /// In which language faults are told: vi or en
    #[arg(long, default_value = "vi")]
    language: String,
    #[command(flatten)]
    place: Place,
}

fn pair(said: &str) -> Result<(String, Option<String>), String> {
    let (field, column) = said.split_once('=').ok_or("write it as amount=D")?;
    Ok((field.to_owned(), Some(column.to_owned()).filter(|c| !c.is_empty())))
}

fn said(problem: &Problem) -> String {
    problem.to_string()
}

/// Reads it, and takes it or tells what would become of it.
#[expect(clippy::print_stdout, reason = "the command's output")]
pub fn import(asked: &Import) -> Result<(), String> {
    let kind = match asked.kind {
        KindArg::Booths => ImportKind::Booths,
        KindArg::Exhibitors => ImportKind::Exhibitors,
        KindArg::Products => ImportKind::Products,
        KindArg::Sales => ImportKind::Sales,
        KindArg::Visits => ImportKind::Visits,
    };
    let bytes = std::fs::read(&asked.file).map_err(|e| format!("{}: {e}", asked.file.display()))?;
    let (_, db) = super::open(&asked.place)?;
    let now = Clock::System.now();
    let columns: BTreeMap<String, Option<String>> = asked.map.iter().cloned().collect();
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} rows, {elapsed}").map_err(|e| e.to_string())?;
    let bar = ProgressBar::new(0).with_style(style);
    let progress = |done: usize, all: usize| {
        bar.set_length(u64::try_from(all).unwrap_or(0));
        bar.set_position(u64::try_from(done).unwrap_or(0));
    };
    let mode = if asked.good_rows { Mode::GoodRows } else { Mode::All };
    let worked = db.write_now(|tx| {
        let granted = operator(tx, find_owners, &asked.edition, now)?;
        let days = days(tx, granted.edition()?)?;
        let table = Table::read(kind, &bytes, &days)?.mapped(asked.header_row, &columns, &days)?;
        let outcome = if asked.check {
            table.check(tx, &granted, &progress)?
        } else {
            table.take(tx, &granted, mode, &progress)?
        };
        Ok::<_, Problem>((table, outcome))
    });
    bar.finish_and_clear();
    let (table, outcome) = worked.map_err(|problem| said(&problem))?;
    let language = Language::from_header(Some(&asked.language));
    show(&table, &outcome, language);
    if let Some(file) = &asked.bad_rows {
        let rows = table.bad_rows(&outcome, language).map_err(|problem| said(&problem))?;
        std::fs::write(file, rows).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    let is_taken = !asked.check && (asked.good_rows || outcome.faults.is_empty());
    match (asked.check, is_taken) {
        (true, _) => println!("Nothing was changed: this was a check."),
        (false, true) => println!("Taken."),
        (false, false) => return Err("nothing was taken: mend the rows above, or use --good-rows".to_owned()),
    }
    Ok(())
}

/// Faults that are listed; all of them are in the file of bad rows.
const MOST_LISTED: usize = 50;

#[expect(clippy::print_stdout, reason = "the command's output")]
fn show(table: &Table, outcome: &Outcome, language: Language) {
    let mut columns = Shown::new();
    columns.load_preset(UTF8_FULL_CONDENSED).set_header(["field", "column", "title"]);
    for (field, column, title) in table.shown() {
        columns.add_row([field, column, title]);
    }
    println!("{columns}");
    let mut counts = Shown::new();
    counts.load_preset(UTF8_FULL_CONDENSED).set_header(["rows", "added", "changed", "unchanged", "bad", "passed over"]);
    let bad = outcome.bad_rows().len();
    let numbers = [outcome.rows, outcome.added, outcome.changed, outcome.unchanged, bad, outcome.passed.len()];
    counts.add_row(numbers.map(|n| n.to_string()));
    for column in counts.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{counts}");
    for total in &outcome.totals {
        println!("Row {}: the table says {}, its rows add up to {}.", total.row, total.stated, total.computed);
    }
    if !outcome.faults.is_empty() {
        let mut faults = Shown::new();
        faults.load_preset(UTF8_FULL_CONDENSED).set_header(["row", "field", "what is wrong"]);
        for fault in outcome.faults.iter().take(MOST_LISTED) {
            faults.add_row([fault.row.to_string(), fault.field.clone(), fault.say(language).to_owned()]);
        }
        println!("{faults}");
        if outcome.faults.len() > MOST_LISTED {
            println!("… and {} more: see --bad-rows", outcome.faults.len() - MOST_LISTED);
        }
    }
}
