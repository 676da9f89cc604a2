//! Missing sales reports of past opening days.
use std::cmp::Reverse;

use super::edition_context::EditionContext;
use hoicho_core::{
    db::Tx,
    values::{clock::Day, ids::ExhibitorId},
};
use hoicho_fair::{
    editions,
    exhibitors::without_email::{self, WithoutEmail},
    floor::numbering::natural_order,
    sales,
};
use hoicho_web::{http::Problem, identity::members::find_without_email};

/// A booth and one of its exhibitors, with the days that it has not reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MissingReports {
    pub booth: String,
    pub exhibitor_id: ExhibitorId,
    pub exhibitor: String,
    pub days: Vec<Day>,
}

/// Booths with missing reports, most missing days first. Empty unless the edition is live or reporting.
pub(super) fn find_missing_reports(tx: &mut Tx<'_>, context: &EditionContext) -> Result<Vec<MissingReports>, Problem> {
    let edition = &context.edition;
    if !sales::lifecycle::is_reporting_open(edition.phase(context.now)) {
        return Ok(Vec::new());
    }
    let held = edition.days_held(&editions::store::list_days(tx, edition.id)?, context.now)?;
    let past_days: Vec<Day> = held.into_iter().filter(|day| *day < context.today).collect();
    let mut missing: Vec<MissingReports> = Vec::new();
    let mut last = None;
    for report in sales::store::find_missing(tx, edition.id, &past_days)? {
        let key = Some((report.booth.clone(), report.exhibitor));
        match missing.last_mut().filter(|_| key == last) {
            Some(line) => line.days.push(report.day),
            None => missing.push(MissingReports {
                booth: report.booth,
                exhibitor_id: report.exhibitor,
                exhibitor: report.exhibitor_name,
                days: vec![report.day],
            }),
        }
        last = key;
    }
    missing.sort_by_cached_key(|booth| (Reverse(booth.days.len()), natural_order(&booth.booth)));
    Ok(missing)
}

/// Those of the exhibitors that no e-mail reaches, with their phone numbers.
pub(super) fn find_to_call(tx: &mut Tx<'_>, missing: &[MissingReports]) -> Result<Vec<WithoutEmail>, Problem> {
    let mut ids: Vec<ExhibitorId> = missing.iter().map(|line| line.exhibitor_id).collect();
    ids.sort();
    ids.dedup();
    let ids = find_without_email(tx, &ids)?;
    Ok(without_email::find(tx, &ids)?)
}
