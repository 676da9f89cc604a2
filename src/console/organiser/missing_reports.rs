//! Missing sales reports of past opening days.
use super::edition_context::EditionContext;
use hoicho_core::{db::Tx, values::clock::Day};
use hoicho_fair::{editions, sales};
use hoicho_web::http::Problem;

/// A booth and one of its exhibitors, with the days that it has not reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MissingReports {
    pub booth: String,
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
                exhibitor: report.exhibitor_name,
                days: vec![report.day],
            }),
        }
        last = key;
    }
    missing.sort_by(|a, b| b.days.len().cmp(&a.days.len()).then_with(|| a.booth.cmp(&b.booth)));
    Ok(missing)
}
