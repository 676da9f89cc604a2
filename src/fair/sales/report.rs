//! Submitting, correcting and reviewing sales reports.
use super::{
    amounts,
    audited::{AuditedReport, AuditedReview},
    lifecycle,
    lines::{self, Line},
    plausibility::{self, AmountWarning},
    store::{self, ReportRow, VersionRow},
};
use crate::{
    allocation::occupancies,
    editions::{self, store::EditionRow},
};
use hoicho_core::{
    db::Tx,
    i18n::{LocalizedText, MessageId},
    states::ReportState,
    values::{
        clock::{Day, Instant},
        ids::{BoothId, SalesReportId},
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, FieldCode, Problem, Validator, etag::IfMatch, limits::ReasonText},
    identity::Authorized,
};

/// Content of a report.
#[derive(Debug, Clone)]
pub struct ReportContent {
    /// Total sales, minor units.
    pub amount: i64,
    /// Sales of OCOP goods; at most `amount`.
    pub ocop_amount: i64,
    /// Optional details; if present, they add up to the totals.
    pub lines: Vec<Line>,
    /// Required for a correction.
    pub reason: Option<String>,
    /// Refuses an unusual amount instead of saving it with a warning.
    pub only_usual: bool,
}

/// Fails unless the edition is live or in the reporting phase.
pub(super) fn require_reporting_open(edition: &EditionRow, now: Instant) -> Result<(), Problem> {
    if lifecycle::is_reporting_open(edition.phase(now)) {
        return Ok(());
    }
    Err(Problem::new(Code::IllegalStep, MessageId("error-reports-closed")))
}

/// A saved report.
pub struct SubmittedReport {
    pub row: ReportRow,
    /// Whether it is the first version.
    pub is_first: bool,
    /// Why the amount is unusual.
    pub warning: Option<(AmountWarning, LocalizedText)>,
}

/// Submits the report of a booth and day, or a corrected version of it.
pub fn submit(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    booth: BoothId,
    day: Day,
    content: ReportContent,
    if_match: IfMatch,
) -> Result<SubmittedReport, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    require_reporting_open(&edition, authorized.now)?;
    let mut checks = Validator::default();
    let days = editions::store::list_days(tx, edition.id)?;
    let is_opening_day = days.iter().any(|d| d.day == day);
    checks.require(is_opening_day, "date", FieldCode::NotAnOpeningDay, MessageId("error-not-opening-day"));
    checks.require(
        !is_opening_day || edition.days_held(&days, authorized.now)?.contains(&day),
        "date",
        FieldCode::Future,
        MessageId("error-day-not-held"),
    );
    amounts::validate(&mut checks, "", content.amount, content.ocop_amount);
    let earlier = store::find_earlier(tx, booth, day)?.into_iter().filter(|(on, _, _)| *on == booth);
    let earlier: Vec<i64> = earlier.map(|(_, _, amount)| amount).collect();
    let warning = plausibility::warning(content.amount, &earlier, &edition.currency);
    if let Some((_, text)) = warning.as_ref().filter(|_| content.only_usual) {
        checks.require(false, "/amount", FieldCode::Unusual, text.clone());
    }
    let lines =
        lines::validate(&mut checks, content.lines, (content.amount, content.ocop_amount), authorized.exhibitors());
    let before = store::find(tx, edition.id, booth, day)?;
    let before_state = before.as_ref().map(|b| b.state);
    let reason = content.reason.as_deref().map(|r| checks.require_text::<ReasonText>("/reason", r));
    checks.require(
        reason.is_some() || !lifecycle::needs_reason(before_state),
        "/reason",
        FieldCode::Missing,
        MessageId("error-correction-reason-required"),
    );
    checks.finish()?;
    if_match.check_if_sent(before.as_ref().map(|b| b.revision))?;
    // Locked, so that the day cannot pass to another exhibitor before the report refers to it.
    let Some(main) = occupancies::lock_main_exhibitor(tx, booth, day)? else {
        return Err(Problem::new(Code::IllegalStep, MessageId("error-booth-not-occupied").with_args(&[("day", &day)])));
    };
    if authorized.exhibitors().first() != Some(&main) {
        return Err(Code::NotFound.into());
    }
    let state = lifecycle::state_after_submission(before_state);
    let previous = before.as_ref().map(AuditedReport::from);
    let is_first = previous.is_none();
    let row = match before {
        None => {
            let row = ReportRow {
                id: SalesReportId::make(),
                edition_id: edition.id,
                booth_id: booth,
                day,
                state,
                amount: content.amount,
                ocop_amount: content.ocop_amount,
                note: None,
                version: 1,
                revision: 1,
            };
            store::insert(tx, std::slice::from_ref(&row))?;
            row
        }
        Some(before) => {
            let row = ReportRow {
                state,
                amount: content.amount,
                ocop_amount: content.ocop_amount,
                note: None,
                version: before.version + 1,
                revision: before.revision + 1,
                ..before
            };
            if !store::update(tx, &row, before.revision)? {
                return Err(Code::StaleVersion.into());
            }
            row
        }
    };
    let version = VersionRow {
        sales_report_id: row.id,
        version: row.version,
        amount: row.amount,
        ocop_amount: row.ocop_amount,
        reason,
        recorded_by: authorized.user,
        recorded_at: authorized.now,
    };
    store::insert_versions(tx, std::slice::from_ref(&version))?;
    lines::insert_rows(tx, &lines::to_rows(row.id, row.version, &lines).collect::<Vec<_>>())?;
    authorized.record_audit(tx, AuditAction::SalesReportPut, row.id, previous, Some((&row).into()))?;
    Ok(SubmittedReport { row, is_first, warning })
}

/// Accepts a report, or queries it with a note.
pub fn review(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    booth: BoothId,
    day: Day,
    to: ReportState,
    note: Option<String>,
) -> Result<ReportRow, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let before = store::find(tx, edition.id, booth, day)?.ok_or(Code::NotFound)?;
    let legal = lifecycle::allowed_transitions(before.state);
    if !legal.contains(&to) {
        let legal = legal.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Problem::new(
            Code::IllegalStep,
            MessageId("error-invalid-transition").with_args(&[("from", &before.state), ("legal", &legal)]),
        ));
    }
    let mut checks = Validator::default();
    let note = note.map(|n| checks.require_text::<ReasonText>("/reason", &n));
    checks.finish()?;
    let row = ReportRow { state: to, note, revision: before.revision + 1, ..before.clone() };
    if !store::update(tx, &row, before.revision)? {
        return Err(Code::StaleVersion.into());
    }
    let (before, after) = (AuditedReview::from(&before), AuditedReview::from(&row));
    authorized.record_audit(tx, AuditAction::SalesReportReview, row.id, Some(before), Some(after))?;
    Ok(row)
}
