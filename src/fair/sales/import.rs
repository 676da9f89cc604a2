//! Import of sales reports from a table. Atomic: either all rows are imported or none, and all errors are reported at
//! once.
use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;

use super::{
    report::{ReportState, check_amounts, check_takes_reports, today},
    store::{self, ReportRow, VersionRow},
};
use crate::editions;
use hoicho_core::{
    db::Tx,
    i18n::Said,
    values::{
        clock::Day,
        ids::{BoothId, SalesReportId},
    },
};
use hoicho_web::{
    http::{Checks, Code, Problem, import::rows},
    identity::Granted,
};

/// Max rows of a table.
pub const MOST: usize = 5_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    booth: String,
    day: String,
    amount: i64,
    #[serde(default)]
    ocop_amount: Option<i64>,
    #[serde(default)]
    reason: Option<String>,
}

/// One row of a sales import: what one booth sold on one day.
#[derive(Debug, Clone)]
pub struct ReportLine {
    /// Booth code.
    pub booth: String,
    /// `None` if it is not a valid date; reported as an error.
    pub day: Option<Day>,
    /// Minor units.
    pub amount: i64,
    /// Sales of OCOP goods, minor units; default 0.
    pub ocop_amount: Option<i64>,
    /// Required for a correction.
    pub reason: Option<String>,
}

/// Counts of an import.
pub struct Imported {
    /// First reports.
    pub added: usize,
    /// New versions.
    pub corrected: usize,
    /// Rows equal to the existing report.
    pub unchanged: usize,
}

/// Parses `2018-04-28` or the Vietnamese form `28/04/2018`.
fn parse_day(text: &str) -> Option<Day> {
    text.parse().ok().or_else(|| Day::parse_from_str(text, "%d/%m/%Y").ok())
}

/// Imports a CSV table with the columns `booth` (its code), `day`, `amount`, and optionally `ocop_amount` and `reason`;
/// a correction requires a reason.
pub fn import(tx: &mut Tx<'_>, granted: &Granted, table: &[u8]) -> Result<Imported, Problem> {
    let line = |(line, row): (u64, Row)| {
        let Row { booth, day, amount, ocop_amount, reason } = row;
        (line, ReportLine { booth, day: parse_day(&day), amount, ocop_amount, reason })
    };
    import_lines(tx, granted, rows::<Row>(table, MOST)?.into_iter().map(line).collect())
}

/// Imports parsed rows, each with its line number.
pub fn import_lines(tx: &mut Tx<'_>, granted: &Granted, lines: Vec<(u64, ReportLine)>) -> Result<Imported, Problem> {
    let edition = editions::store::open_for_change(tx, granted.edition()?)?;
    check_takes_reports(&edition)?;
    let today = today(&edition, granted.now)?;
    let days: BTreeSet<Day> = editions::store::days(tx, edition.id)?.into_iter().map(|d| d.day).collect();
    let booths: HashMap<String, BoothId> =
        store::let_booths(tx, edition.id)?.into_iter().map(|(id, code, _)| (code, id)).collect();
    let mut existing: HashMap<(BoothId, Day), ReportRow> =
        store::all_of(tx, edition.id)?.into_iter().map(|r| ((r.booth_id, r.day), r)).collect();
    let mut checks = Checks::default();
    let (mut added, mut corrected, mut versions) = (Vec::new(), Vec::new(), Vec::new());
    let mut unchanged = 0;
    let mut imported = BTreeSet::new();
    for (line, row) in lines {
        let pointer = format!("/{line}");
        let booth = booths.get(&row.booth).copied();
        checks.that(
            booth.is_some(),
            &format!("{pointer}/booth"),
            "unknown",
            Said("import-unknown-booth").with(&[("line", &line)]),
        );
        let day = row.day.filter(|d| days.contains(d) && *d <= today);
        checks.that(
            day.is_some(),
            &format!("{pointer}/day"),
            "not_an_opening_day",
            Said("import-no-opening-day").with(&[("line", &line)]),
        );
        let ocop_amount = row.ocop_amount.unwrap_or(0);
        check_amounts(&mut checks, &pointer, row.amount, ocop_amount);
        let reason = row.reason.filter(|r| !r.is_empty()).map(|r| checks.text(&format!("{pointer}/reason"), &r, 1_000));
        let Some((booth, day)) = booth.zip(day) else { continue };
        checks.that(
            imported.insert((booth, day)),
            &pointer,
            "repeated",
            Said("import-report-repeated").with(&[("line", &line)]),
        );
        let before = existing.remove(&(booth, day));
        if before.as_ref().is_some_and(|b| (b.amount, b.ocop_amount) == (row.amount, ocop_amount)) {
            unchanged += 1;
            continue;
        }
        checks.that(
            before.is_none() || reason.is_some(),
            &format!("{pointer}/reason"),
            "missing",
            Said("import-needs-a-reason").with(&[("line", &line)]),
        );
        let report = ReportRow {
            id: before.as_ref().map_or_else(SalesReportId::make, |b| b.id),
            edition_id: edition.id,
            booth_id: booth,
            day,
            state: if before.is_some() { ReportState::Corrected } else { ReportState::Submitted },
            amount: row.amount,
            ocop_amount,
            note: None,
            version: before.as_ref().map_or(1, |b| b.version + 1),
            revision: before.as_ref().map_or(1, |b| b.revision + 1),
        };
        versions.push(VersionRow {
            sales_report_id: report.id,
            version: report.version,
            amount: report.amount,
            ocop_amount,
            reason,
            recorded_by: granted.user,
            recorded_at: granted.now,
        });
        if before.is_some() { corrected.push(report) } else { added.push(report) }
    }
    checks.done()?;
    store::insert(tx, &added)?;
    for report in &corrected {
        if !store::replace(tx, report, report.revision - 1)? {
            return Err(Code::StaleVersion.into());
        }
    }
    store::insert_versions(tx, &versions)?;
    granted.audit(tx, "sales_report.import", edition.id, None, Some((added.len(), corrected.len())))?;
    Ok(Imported { added: added.len(), corrected: corrected.len(), unchanged })
}
