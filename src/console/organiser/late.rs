//! Who owes a sales report of a day that is over.
use std::collections::{BTreeSet, HashMap};

use super::{desk::Desk, store};
use hoicho_core::{
    db::Tx,
    values::{
        clock::Day,
        ids::{BoothId, ExhibitorId},
    },
};
use hoicho_fair::{
    editions::{self, EditionState},
    sales,
};
use hoicho_web::http::Problem;

/// A booth with the days it owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Late {
    pub booth: String,
    pub exhibitor: String,
    pub days: Vec<Day>,
}

/// Booths that owe reports, those that owe most first; nothing while no reports are taken.
pub(super) fn late(tx: &mut Tx<'_>, desk: &Desk) -> Result<Vec<Late>, Problem> {
    let edition = &desk.edition;
    if !matches!(edition.state, EditionState::Live | EditionState::Reporting) {
        return Ok(Vec::new());
    }
    let over: Vec<Day> =
        editions::store::days(tx, edition.id)?.into_iter().map(|d| d.day).filter(|day| *day < desk.today).collect();
    let here: BTreeSet<(BoothId, Day)> =
        store::reports(tx, edition.id)?.into_iter().map(|r| (r.booth, r.day)).collect();
    let booths = sales::store::let_booths(tx, edition.id)?;
    let names: HashMap<ExhibitorId, String> =
        store::occupants(tx, edition.id)?.into_iter().map(|o| (o.exhibitor, o.name)).collect();
    Ok(owed(booths, &over, &here, &names))
}

fn owed(
    booths: Vec<(BoothId, String, ExhibitorId)>,
    over: &[Day],
    here: &BTreeSet<(BoothId, Day)>,
    names: &HashMap<ExhibitorId, String>,
) -> Vec<Late> {
    let line = |(booth, code, exhibitor): (BoothId, String, ExhibitorId)| Late {
        booth: code,
        exhibitor: names.get(&exhibitor).cloned().unwrap_or_default(),
        days: over.iter().filter(|day| !here.contains(&(booth, **day))).copied().collect(),
    };
    let mut late: Vec<Late> = booths.into_iter().map(line).filter(|l| !l.days.is_empty()).collect();
    late.sort_by(|a, b| b.days.len().cmp(&a.days.len()).then_with(|| a.booth.cmp(&b.booth)));
    late
}
