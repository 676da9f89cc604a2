//! Import of sales reports from a table: planned from what is read, then written. All errors are reported at once.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    amounts, lifecycle, plausibility,
    report::require_reporting_open,
    store::{self, ReportRow, VersionRow},
    undo::ReportBefore,
};
use crate::{
    allocation::occupancies,
    editions::{self, store::EditionRow},
    floor::{self, numbering},
};
use hoicho_core::{
    db::Tx,
    i18n::{LocalizedText, MessageId},
    values::{
        clock::Day,
        ids::{AllocationId, BoothId, SalesReportId},
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, FieldCode, FieldError, Problem, Validator, limits::ReasonText},
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

/// What an import of reports will write.
pub struct PlannedReports {
    /// First reports.
    pub added: Vec<ReportRow>,
    /// Reports with a new version.
    pub corrected: Vec<ReportRow>,
    /// Corrected reports: the report, its revision after the correction, and what it was before.
    pub before: Vec<(SalesReportId, i32, ReportBefore)>,
    versions: Vec<VersionRow>,
    /// Rows equal to the existing report.
    pub unchanged: usize,
    /// Unusual amounts, which the caller confirms or rolls back.
    pub to_confirm: Vec<FieldError>,
}

/// Days of a booth in a file from which their median is the usual amount.
const MIN_DAYS_IN_FILE: usize = 3;

/// Amounts of a booth by day.
type AmountsByDay = BTreeMap<Day, i64>;

/// An import of reports: what is known of the edition and of all rows of the file, loaded once for all parts of the file.
pub struct ReportImport {
    edition: EditionRow,
    /// Those that were held.
    days: Vec<Day>,
    booths: HashMap<String, BoothId>,
    occupied: HashMap<(BoothId, Day), AllocationId>,
    existing: HashMap<(BoothId, Day), ReportRow>,
    /// Amounts of reports that existed before, by who has the booth.
    earlier: HashMap<(AllocationId, BoothId), AmountsByDay>,
    /// Amounts in the file, by who has the booth.
    in_file: HashMap<(AllocationId, BoothId), AmountsByDay>,
    imported: BTreeSet<(BoothId, Day)>,
}

impl ReportImport {
    /// Loads what is known; `lines` are all rows of the file without errors.
    pub fn load<'a>(
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        lines: impl Iterator<Item = &'a ReportImportRow>,
    ) -> Result<Self, Problem> {
        let edition = editions::store::find_open(tx, authorized.edition()?)?;
        require_reporting_open(&edition, authorized.now)?;
        let days = edition.days_held(&editions::store::list_days(tx, edition.id)?, authorized.now)?;
        let booths = floor::store::booths_by_code(tx, edition.id)?;
        let occupied: HashMap<(BoothId, Day), AllocationId> =
            occupancies::find_days(tx, edition.id)?.into_iter().collect();
        let existing: HashMap<(BoothId, Day), ReportRow> =
            store::find_by_edition(tx, edition.id)?.into_iter().map(|r| ((r.booth_id, r.day), r)).collect();
        let by_occupant = |amounts: &mut dyn Iterator<Item = (BoothId, Day, i64)>| {
            let mut by_occupant: HashMap<(AllocationId, BoothId), AmountsByDay> = HashMap::new();
            for (booth, day, amount) in amounts {
                let Some(allocation) = occupied.get(&(booth, day)) else { continue };
                by_occupant.entry((*allocation, booth)).or_default().insert(day, amount);
            }
            by_occupant
        };
        let earlier = by_occupant(&mut existing.values().map(|report| (report.booth_id, report.day, report.amount)));
        let in_file =
            by_occupant(&mut lines.filter_map(|line| Some((*booths.get(&line.booth)?, line.day?, line.amount))));
        Ok(Self { days, edition, booths, earlier, in_file, occupied, existing, imported: BTreeSet::new() })
    }

    /// Why an amount is unusual: by the earlier reports of whoever has the booth, as everywhere, or by the days of the file.
    fn warning(&self, booth: BoothId, day: Day, amount: i64) -> Option<LocalizedText> {
        let occupant = (*self.occupied.get(&(booth, day))?, booth);
        let earlier = self.earlier.get(&occupant).into_iter().flatten().filter(|(other, _)| **other < day);
        let earlier: Vec<i64> = earlier.map(|(_, amount)| *amount).collect();
        let in_file: Vec<i64> =
            self.in_file.get(&occupant).into_iter().flat_map(|days| days.values().copied()).collect();
        let judge = |amounts: &[i64]| plausibility::warning(amount, amounts, &self.edition.currency);
        // One typing error among three days is told from the others, among two it is not.
        let by_file = || judge(&in_file).filter(|_| in_file.len() >= MIN_DAYS_IN_FILE);
        judge(&earlier).or_else(by_file).map(|(_, text)| text)
    }

    /// What a part of the rows, each with its line number, will write.
    pub fn plan(
        &mut self,
        authorized: &Authorized,
        lines: Vec<(u64, ReportImportRow)>,
    ) -> Result<PlannedReports, Problem> {
        let mut checks = Validator::default();
        let (mut added, mut corrected, mut before_rows, mut versions) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut unchanged, mut to_confirm, mut imported) = (0, Vec::new(), BTreeSet::new());
        for (line, row) in lines {
            let Some((booth, day, reason)) = self.validate(&mut checks, line, &row) else { continue };
            let pointer = format!("/{line}");
            checks.require(
                !self.imported.contains(&(booth, day)) && imported.insert((booth, day)),
                &pointer,
                FieldCode::Repeated,
                MessageId("import-duplicate-report").with_args(&[("line", &line)]),
            );
            let ocop_amount = row.ocop_amount.unwrap_or(0);
            let before = self.existing.get(&(booth, day));
            if before.is_some_and(|b| (b.amount, b.ocop_amount) == (row.amount, ocop_amount)) {
                unchanged += 1;
                continue;
            }
            if let Some(text) = self.warning(booth, day, row.amount) {
                let args: [(&str, &dyn std::fmt::Display); 1] = [("line", &line)];
                let message = MessageId("import-invalid-line").with_args(&args).with_text("reason", text);
                to_confirm.push(FieldError {
                    pointer: format!("{pointer}/amount"),
                    code: FieldCode::Unusual,
                    detail: message.localize(),
                });
            }
            let before_state = before.map(|b| b.state);
            checks.require(
                reason.is_some() || !lifecycle::needs_reason(before_state),
                &format!("{pointer}/reason"),
                FieldCode::Missing,
                MessageId("import-reason-required").with_args(&[("line", &line)]),
            );
            let report = ReportRow {
                id: before.map_or_else(SalesReportId::make, |b| b.id),
                edition_id: self.edition.id,
                booth_id: booth,
                day,
                state: lifecycle::state_after_submission(before_state),
                amount: row.amount,
                ocop_amount,
                note: None,
                version: before.map_or(1, |b| b.version + 1),
                revision: before.map_or(1, |b| b.revision + 1),
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
            match before {
                Some(before) => {
                    before_rows.push((report.id, report.revision, ReportBefore::from(before)));
                    corrected.push(report);
                }
                None => added.push(report),
            }
        }
        checks.finish()?;
        self.imported.extend(imported);
        Ok(PlannedReports { added, corrected, before: before_rows, versions, unchanged, to_confirm })
    }

    /// The booth, the day and the reason of a row; `None` if there is no such booth or opening day.
    fn validate(
        &self,
        checks: &mut Validator,
        line: u64,
        row: &ReportImportRow,
    ) -> Option<(BoothId, Day, Option<String>)> {
        let pointer = format!("/{line}");
        let booth = self.booths.get(&row.booth).copied();
        let names_several = || numbering::parse_booth_list(&row.booth).is_some_and(|codes| codes.len() > 1);
        let (code, message) = match booth {
            // How an amount is divided between booths is not known.
            None if names_several() => (FieldCode::Unexpected, MessageId("import-several-booths")),
            Some(_) | None => (FieldCode::Unknown, MessageId("import-unknown-booth")),
        };
        checks.require(booth.is_some(), &format!("{pointer}/booth"), code, message.with_args(&[("line", &line)]));
        let day = row.day.filter(|d| self.days.contains(d));
        checks.require(
            day.is_some(),
            &format!("{pointer}/day"),
            FieldCode::NotAnOpeningDay,
            MessageId("import-not-opening-day").with_args(&[("line", &line)]),
        );
        amounts::validate(checks, &pointer, row.amount, row.ocop_amount.unwrap_or(0));
        let reason = row.reason.as_ref().filter(|r| !r.is_empty());
        let reason = reason.map(|r| checks.require_text::<ReasonText>(&format!("{pointer}/reason"), r));
        let (booth, day) = booth.zip(day)?;
        checks.require(
            self.occupied.contains_key(&(booth, day)),
            &format!("{pointer}/booth"),
            FieldCode::Unknown,
            MessageId("import-booth-not-occupied").with_args(&[("line", &line), ("day", &day)]),
        );
        Some((booth, day, reason))
    }
}

/// Writes planned reports. What changed since is a conflict, by the unique and foreign keys and the versions of the reports.
pub fn write(tx: &mut Tx<'_>, authorized: &Authorized, planned: &PlannedReports) -> Result<(), Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    require_reporting_open(&edition, authorized.now)?;
    store::insert(tx, &planned.added)?;
    if !store::update_all(tx, &planned.corrected)? {
        return Err(Code::StaleVersion.into());
    }
    store::insert_versions(tx, &planned.versions)?;
    let counts = (planned.added.len(), planned.corrected.len());
    authorized.record_audit(tx, AuditAction::SalesReportImport, edition.id, None, Some(counts))?;
    Ok(())
}
