//! The document of an edition: computed while it lives, frozen with a digest when it is finalised.
use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeZone;

use super::{
    compare::{basis, with_previous},
    document::*,
    figures::{Figures, Sales},
    store,
};
use crate::{
    db::Tx,
    editions,
    http::{Code, Problem},
    identity::token::digest,
    values::{
        clock::Instant,
        ids::EditionId,
        money::{Money, ratio_in_ten_thousandths},
    },
};

/// The facts of an edition as of `now`.
pub(super) fn figures(tx: &mut Tx<'_>, edition: EditionId, now: Instant) -> Result<Figures, Problem> {
    let row = editions::store::find(tx, edition)?;
    let zone: chrono_tz::Tz = row.time_zone.parse().map_err(|_| Code::Internal)?;
    Figures::of(tx, edition, zone.from_utc_datetime(&now).date_naive())
}

fn counted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Share> {
    let mut counts = BTreeMap::new();
    names.for_each(|name| *counts.entry(name.to_owned()).or_insert(0) += 1);
    counts.into_iter().map(|(name, count)| Share { name, count }).collect()
}

fn sales_of(name: String, sales: &Sales, total: i64) -> SalesOf {
    let share_bp = ratio_in_ten_thousandths(sales.amount, total).unwrap_or(0);
    SalesOf { name, amount: sales.amount, ocop_amount: sales.ocop, share_bp }
}

/// The document of an edition as of `now`.
pub(super) fn statistics(tx: &mut Tx<'_>, edition: EditionId, now: Instant) -> Result<Statistics, Problem> {
    let f = figures(tx, edition, now)?;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let some = |n: i64, rows: bool| rows.then_some(n);
    let booths = basis(some(count(f.booths.len()), !f.booths.is_empty()), f.edition.declared_booths.map(i64::from));
    let visits = basis(some(f.visits(), !f.hours.is_empty()), f.edition.declared_visits);
    let sales = basis(some(f.total.amount, f.total.reports > 0), f.edition.declared_sales);
    let comparison = with_previous(tx, &f, sales, visits)?;

    let mut exhibitors: Vec<_> = f.stands.values().collect();
    let mut seen = BTreeSet::new();
    exhibitors.retain(|s| seen.insert(s.exhibitor));
    let money = |amount| Money { amount, currency: f.edition.currency.clone() };
    let mut by_locality: Vec<_> = f
        .by_locality
        .iter()
        .map(|((country, locality), s)| {
            let name = if country == "VN" || country.is_empty() {
                locality.clone()
            } else {
                format!("{locality} ({country})")
            };
            sales_of(name, s, sales.0)
        })
        .collect();
    by_locality.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.name.cmp(&b.name)));
    let of_booth = |id| f.by_booth.get(id).copied().unwrap_or_default();
    let mut top_booths: Vec<_> = f.booths.iter().map(|b| sales_of(b.code.clone(), &of_booth(&b.id), sales.0)).collect();
    top_booths.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.name.cmp(&b.name)));
    top_booths.truncate(10);
    let of_gate = |id| f.hours.iter().filter(|h| h.gate == id).map(|h| h.entries).sum();
    let let_booths = f.booths.iter().filter(|b| f.stands.contains_key(&b.id));
    Ok(Statistics {
        booths: Booths {
            total: booths.0,
            basis: booths.1,
            allocated: f.stands.len(),
            booth_equivalents: f.booths.iter().map(|b| i64::from(b.equivalents)).sum(),
            net_space_dm2: let_booths.map(|b| i64::from(b.area_dm2)).sum(),
        },
        exhibitors: Exhibitors {
            direct: exhibitors.len(),
            basis: Basis::Computed,
            by_legal_form: counted(exhibitors.iter().map(|s| s.legal_form.as_str())),
            by_country: counted(exhibitors.iter().map(|s| s.country.as_str())),
        },
        visits: Visits {
            total: visits.0,
            basis: visits.1,
            by_day: f
                .visits_by_day()
                .into_iter()
                .map(|(day, (visits, exits))| VisitsOfDay { day, visits, exits })
                .collect(),
            by_gate: f.gates.iter().map(|g| VisitsOfGate { gate: g.name.clone(), visits: of_gate(g.id) }).collect(),
        },
        sales: SalesFigures {
            total: money(sales.0),
            basis: sales.1,
            ocop: money(f.total.ocop),
            by_day: f
                .days
                .iter()
                .map(|d| (d.day, f.by_day.get(&d.day).copied().unwrap_or_default()))
                .map(|(day, s)| SalesOfDay { day, amount: s.amount, ocop_amount: s.ocop, reports: s.reports })
                .collect(),
            by_zone: f
                .zones
                .iter()
                .map(|z| sales_of(z.name.clone(), &f.by_zone.get(&z.id).copied().unwrap_or_default(), sales.0))
                .collect(),
            by_locality,
            top_booths,
            reports_received: f.reports_received(),
            reports_due: f.reports_due(),
        },
        comparison,
        edition: f.edition.slug.clone(),
    })
}

/// Freezes the figures of an edition that is being finalised.
pub fn freeze(tx: &mut Tx<'_>, edition: EditionId, now: Instant) -> Result<(), Problem> {
    let document = serde_json::to_string(&statistics(tx, edition, now)?).map_err(|error| {
        tracing::error!(%error, "figures could not be written as JSON");
        Problem::from(Code::Internal)
    })?;
    store::insert_final(tx, edition, &document, &digest(&document), now)?;
    Ok(())
}
