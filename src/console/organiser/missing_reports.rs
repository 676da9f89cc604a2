//! Missing sales reports of past opening days.
use std::collections::{BTreeSet, HashMap};

use super::{edition_context::EditionContext, store};
use hoicho_core::{
    db::Tx,
    values::{
        clock::Day,
        ids::{BoothId, ExhibitorId},
    },
};
use hoicho_fair::{editions, sales};
use hoicho_web::http::Problem;

/// A booth with its missing days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MissingReports {
    pub booth: String,
    pub exhibitor: String,
    pub days: Vec<Day>,
}

/// Booths with missing reports, most missing days first. Empty unless the edition is live or reporting.
pub(super) fn find_missing_reports(tx: &mut Tx<'_>, context: &EditionContext) -> Result<Vec<MissingReports>, Problem> {
    let edition = &context.edition;
    if !sales::lifecycle::is_reporting_open(edition.state) {
        return Ok(Vec::new());
    }
    let past_days: Vec<Day> = editions::store::list_days(tx, edition.id)?
        .into_iter()
        .map(|d| d.day)
        .filter(|day| *day < context.today)
        .collect();
    let reported: BTreeSet<(BoothId, Day)> =
        store::reports(tx, edition.id)?.into_iter().map(|r| (r.booth, r.day)).collect();
    let booths = sales::store::find_let_booths(tx, edition.id)?;
    let names: HashMap<ExhibitorId, String> =
        store::active_allocations(tx, edition.id)?.into_iter().map(|o| (o.exhibitor, o.name)).collect();
    Ok(missing_reports(booths, &past_days, &reported, &names))
}

fn missing_reports(
    booths: Vec<(BoothId, String, ExhibitorId)>,
    past_days: &[Day],
    reported: &BTreeSet<(BoothId, Day)>,
    names: &HashMap<ExhibitorId, String>,
) -> Vec<MissingReports> {
    let line = |(booth, code, exhibitor): (BoothId, String, ExhibitorId)| MissingReports {
        booth: code,
        exhibitor: names.get(&exhibitor).cloned().unwrap_or_default(),
        days: past_days.iter().filter(|day| !reported.contains(&(booth, **day))).copied().collect(),
    };
    let mut missing: Vec<MissingReports> = booths.into_iter().map(line).filter(|l| !l.days.is_empty()).collect();
    missing.sort_by(|a, b| b.days.len().cmp(&a.days.len()).then_with(|| a.booth.cmp(&b.booth)));
    missing
}
