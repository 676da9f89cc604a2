//! E-mail reminders to exhibitors with missing sales reports, at most one per exhibitor and day.
use std::collections::{BTreeSet, HashMap};

use super::store;
use crate::{
    editions::{self, store::OpeningDayRow},
    exhibitors::without_email::{self, WithoutEmail},
};
use hoicho_core::{
    db::Tx,
    values::{clock::Day, ids::ExhibitorId},
};
use hoicho_web::{
    audit::AuditAction,
    http::Problem,
    identity::{
        Authorized,
        members::{Notified, notify_exhibitors},
    },
    outbox::EmailKind,
};

/// Missing reports listed in one e-mail.
const MAX_REPORTS_PER_EMAIL: usize = 50;

/// Counts of a run of reminders.
pub struct ReminderSummary {
    /// Missing reports.
    pub missing: usize,
    /// E-mails that this run queued.
    pub emails: usize,
    /// Exhibitors to which they go.
    pub reminded: usize,
    /// Exhibitors already reminded today.
    pub already_reminded: usize,
    /// Exhibitors with a missing report but without an address.
    pub without_email: Vec<WithoutEmail>,
}

/// Reminds every exhibitor with a missing report for an opening day that has closed. One without an address is not reminded, so
/// that it is as soon as it has one.
pub fn send_reminders(tx: &mut Tx<'_>, authorized: &Authorized) -> Result<ReminderSummary, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    super::report::require_reporting_open(&edition, authorized.now)?;
    let local = edition.local_time(authorized.now)?;
    let days = editions::store::list_days(tx, edition.id)?;
    let held = edition.days_held(&days, authorized.now)?;
    let is_over = edition.schedule.is_over(authorized.now);
    let is_closed = |d: &&OpeningDayRow| held.contains(&d.day) && (is_over || d.day.and_time(d.closes_at) <= local);
    let closed_days: Vec<Day> = days.iter().filter(is_closed).map(|d| d.day).collect();
    let mut missing_by_exhibitor: HashMap<ExhibitorId, Vec<(String, Day)>> = HashMap::new();
    for report in store::find_missing(tx, edition.id, &closed_days)? {
        missing_by_exhibitor.entry(report.exhibitor).or_default().push((report.booth, report.day));
    }
    let missing = missing_by_exhibitor.values().map(Vec::len).sum();
    let reminded_today: BTreeSet<ExhibitorId> =
        store::find_reminded(tx, edition.id, local.date())?.into_iter().collect();
    let already = missing_by_exhibitor.keys().filter(|e| reminded_today.contains(e)).count();
    missing_by_exhibitor.retain(|exhibitor, _| !reminded_today.contains(exhibitor));
    let emails: HashMap<ExhibitorId, EmailKind> = missing_by_exhibitor
        .into_iter()
        .map(|(exhibitor, mut missing)| {
            missing.truncate(MAX_REPORTS_PER_EMAIL);
            (exhibitor, EmailKind::SalesReminder { edition: edition.name.clone(), missing })
        })
        .collect();
    let Notified { emails: queued, without_email } = notify_exhibitors(tx, &emails, authorized.now)?;
    let mut reminded: Vec<ExhibitorId> = emails.into_keys().filter(|id| !without_email.contains(id)).collect();
    // Sorted, so that concurrent runs insert in the same order and cannot deadlock.
    reminded.sort();
    store::insert_reminders(tx, edition.id, local.date(), &reminded)?;
    authorized.record_audit(tx, AuditAction::SalesReminderSend, edition.id, None, Some(reminded.len()))?;
    let without_email = without_email::find(tx, &without_email)?;
    Ok(ReminderSummary { missing, emails: queued, reminded: reminded.len(), already_reminded: already, without_email })
}
