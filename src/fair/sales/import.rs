//! Import of sales reports from a table. Atomic: either all rows are imported or none, and all errors are reported at
//! once.
use std::collections::{BTreeSet, HashMap};

use super::{
    amounts, lifecycle, plausibility,
    report::require_reporting_open,
    store::{self, ReportRow, VersionRow},
};
use crate::{allocation::occupancies, editions};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{
        clock::Day,
        ids::{AllocationId, BoothId, SalesReportId},
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, FieldCode, FieldError, Problem, Validator},
    identity::Authorized,
};

/// One row of a sales import: what one booth sold on one day.
#[derive(Debug, Clone)]
pub struct ReportImportRow {
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
pub struct ImportSummary {
    /// First reports.
    pub added: usize,
    /// New versions.
    pub corrected: usize,
    /// Rows equal to the existing report.
    pub unchanged: usize,
    /// Unusual amounts, which the caller confirms or rolls back.
    pub to_confirm: Vec<FieldError>,
}

/// Imports parsed rows, each with its line number.
pub fn import_rows(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    lines: Vec<(u64, ReportImportRow)>,
) -> Result<ImportSummary, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    require_reporting_open(&edition, authorized.now)?;
    let days = edition.days_held(&editions::store::list_days(tx, edition.id)?, authorized.now)?;
    let booths: HashMap<String, BoothId> = store::find_booth_codes(tx, edition.id)?.into_iter().collect();
    let occupied: HashMap<(BoothId, Day), AllocationId> = occupancies::find_days(tx, edition.id)?.into_iter().collect();
    let mut existing: HashMap<(BoothId, Day), ReportRow> =
        store::find_by_edition(tx, edition.id)?.into_iter().map(|r| ((r.booth_id, r.day), r)).collect();
    let mut checks = Validator::default();
    let (mut added, mut corrected, mut versions) = (Vec::new(), Vec::new(), Vec::new());
    let mut earlier: HashMap<(AllocationId, BoothId), Vec<(Day, i64)>> = HashMap::new();
    for report in existing.values() {
        let Some(allocation) = occupied.get(&(report.booth_id, report.day)) else { continue };
        earlier.entry((*allocation, report.booth_id)).or_default().push((report.day, report.amount));
    }
    let (mut unchanged, mut to_confirm) = (0, Vec::new());
    let mut imported = BTreeSet::new();
    for (line, row) in lines {
        let pointer = format!("/{line}");
        let booth = booths.get(&row.booth).copied();
        checks.require(
            booth.is_some(),
            &format!("{pointer}/booth"),
            FieldCode::Unknown,
            MessageId("import-unknown-booth").with_args(&[("line", &line)]),
        );
        let day = row.day.filter(|d| days.contains(d));
        checks.require(
            day.is_some(),
            &format!("{pointer}/day"),
            FieldCode::NotAnOpeningDay,
            MessageId("import-not-opening-day").with_args(&[("line", &line)]),
        );
        let ocop_amount = row.ocop_amount.unwrap_or(0);
        amounts::validate(&mut checks, &pointer, row.amount, ocop_amount);
        let reason =
            row.reason.filter(|r| !r.is_empty()).map(|r| checks.require_text(&format!("{pointer}/reason"), &r, 1_000));
        let Some((booth, day)) = booth.zip(day) else { continue };
        checks.require(
            occupied.contains_key(&(booth, day)),
            &format!("{pointer}/booth"),
            FieldCode::Unknown,
            MessageId("import-booth-not-occupied").with_args(&[("line", &line), ("day", &day)]),
        );
        checks.require(
            imported.insert((booth, day)),
            &pointer,
            FieldCode::Repeated,
            MessageId("import-duplicate-report").with_args(&[("line", &line)]),
        );
        let before = existing.remove(&(booth, day));
        if before.as_ref().is_some_and(|b| (b.amount, b.ocop_amount) == (row.amount, ocop_amount)) {
            unchanged += 1;
            continue;
        }
        let occupant = occupied.get(&(booth, day)).map(|allocation| (*allocation, booth));
        let before_days = occupant
            .and_then(|occupant| earlier.get(&occupant))
            .into_iter()
            .flatten()
            .filter(|(other, _)| *other < day);
        let amounts: Vec<i64> = before_days.map(|(_, amount)| *amount).collect();
        if let Some((_, text)) = plausibility::warning(row.amount, &amounts, &edition.currency) {
            let message =
                MessageId("import-invalid-line").with_args(&[("line", &line)]).with_text("reason", text).localize();
            to_confirm.push(FieldError {
                pointer: format!("{pointer}/amount"),
                code: FieldCode::Unusual,
                detail: message,
            });
        }
        let before_state = before.as_ref().map(|b| b.state);
        checks.require(
            reason.is_some() || !lifecycle::needs_reason(before_state),
            &format!("{pointer}/reason"),
            FieldCode::Missing,
            MessageId("import-reason-required").with_args(&[("line", &line)]),
        );
        let report = ReportRow {
            id: before.as_ref().map_or_else(SalesReportId::make, |b| b.id),
            edition_id: edition.id,
            booth_id: booth,
            day,
            state: lifecycle::state_after_submission(before_state),
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
            recorded_by: authorized.user,
            recorded_at: authorized.now,
        });
        if before.is_some() { corrected.push(report) } else { added.push(report) }
    }
    checks.finish()?;
    store::insert(tx, &added)?;
    for report in &corrected {
        if !store::update(tx, report, report.revision - 1)? {
            return Err(Code::StaleVersion.into());
        }
    }
    store::insert_versions(tx, &versions)?;
    authorized.record_audit(
        tx,
        AuditAction::SalesReportImport,
        edition.id,
        None,
        Some((added.len(), corrected.len())),
    )?;
    Ok(ImportSummary { added: added.len(), corrected: corrected.len(), unchanged, to_confirm })
}
