//! Reminding those who owe a report: by mail, at most once a day.
use std::collections::{BTreeSet, HashMap};

use chrono::TimeZone;

use super::store;
use crate::editions;
use hoicho_core::{
    db::Tx,
    values::{
        clock::Day,
        ids::{BoothId, ExhibitorId},
    },
};
use hoicho_web::{
    http::{Code, Problem},
    identity::{Granted, members::write_to_exhibitors},
    outbox::Letter,
};

/// Lines one letter shows.
const MOST_LINES: usize = 50;

/// What became of a round of reminders.
pub struct Reminded {
    /// Reports that are missing.
    pub missing: usize,
    /// Exhibitors who get a letter now.
    pub reminded: usize,
    /// Exhibitors who got one today already.
    pub already: usize,
}

/// Writes to every exhibitor that owes a report of a day that is over.
pub fn remind(tx: &mut Tx<'_>, granted: &Granted) -> Result<Reminded, Problem> {
    let edition = editions::store::open_for_change(tx, granted.edition()?)?;
    super::report::check_takes_reports(&edition)?;
    let zone: chrono_tz::Tz = edition.time_zone.parse().map_err(|_| Code::Internal)?;
    let local = zone.from_utc_datetime(&granted.now).naive_local();
    let over: Vec<Day> = editions::store::days(tx, edition.id)?
        .into_iter()
        .filter(|d| d.day.and_time(d.closes_at) <= local)
        .map(|d| d.day)
        .collect();
    let here: BTreeSet<(BoothId, Day)> =
        store::all_of(tx, edition.id)?.into_iter().map(|r| (r.booth_id, r.day)).collect();
    let mut owed: HashMap<ExhibitorId, Vec<(String, Day)>> = HashMap::new();
    for (booth, code, exhibitor) in store::let_booths(tx, edition.id)? {
        let missing = over.iter().filter(|day| !here.contains(&(booth, **day))).map(|day| (code.clone(), *day));
        owed.entry(exhibitor).or_default().extend(missing);
    }
    owed.retain(|_, missing| !missing.is_empty());
    let missing = owed.values().map(Vec::len).sum();
    let before: BTreeSet<ExhibitorId> = store::reminded_on(tx, edition.id, local.date())?.into_iter().collect();
    let already = owed.keys().filter(|e| before.contains(e)).count();
    owed.retain(|exhibitor, _| !before.contains(exhibitor));
    let mut to: Vec<ExhibitorId> = owed.keys().copied().collect();
    // In one order everywhere, so that two rounds at once cannot wait for each other.
    to.sort();
    store::insert_reminders(tx, edition.id, local.date(), &to)?;
    let letters = owed
        .into_iter()
        .map(|(exhibitor, mut missing)| {
            missing.truncate(MOST_LINES);
            (exhibitor, Letter::SalesReminder { edition: edition.name.clone(), missing })
        })
        .collect();
    write_to_exhibitors(tx, &letters, granted.now)?;
    granted.audit(tx, "sales_reminder.send", edition.id, None, Some(to.len()))?;
    Ok(Reminded { missing, reminded: to.len(), already })
}
