//! Computes the statistics document of an edition from its facts.
use std::collections::BTreeMap;

use super::{
    compare::{Totals, basis, compare_with_previous},
    disclosure::{Audience, Disclosed, disclose},
    document::*,
    figures::Figures,
    store::{BoothFact, DealTotal},
    sums::{MIN_SELLERS, Sales, Sum},
};
use crate::{editions, sales::deals::DealKind, tables::OTHERS};
use hoicho_core::{
    db::Tx,
    i18n::collation::compare_names,
    values::{
        clock::Instant,
        ids::EditionId,
        money::{self, Money, Overflow, ratio_in_ten_thousandths},
    },
};
use hoicho_web::http::Problem;

/// Entries of the lists of top booths and top localities.
const MAX_TOP_ENTRIES: usize = 10;

/// Loads the facts of an edition as of `now`.
pub(super) fn load_figures(tx: &mut Tx<'_>, edition: EditionId, now: Instant) -> Result<Figures, Problem> {
    let row = editions::store::find(tx, edition)?;
    Figures::load(tx, row, now)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn count_by_name(names: impl Iterator<Item = String>) -> Vec<Share> {
    let mut counts = BTreeMap::new();
    names.for_each(|name| *counts.entry(name).or_insert(0) += 1);
    let mut shares: Vec<Share> = counts.into_iter().map(|(name, count)| Share { name, count }).collect();
    shares.sort_by(|a, b| compare_names(&a.name, &b.name));
    shares
}

fn sales_of(name: String, sales: &Sales, total: i64, shows_ocop: bool) -> SalesOf {
    let share_bp = ratio_in_ten_thousandths(sales.amount, total).unwrap_or(0);
    SalesOf { name, amount: sales.amount, ocop_amount: shows_ocop.then_some(sales.ocop), share_bp }
}

/// Entries of a list for an audience.
fn entries(groups: Vec<(String, Sum)>, audience: Audience, total: i64) -> Vec<SalesOf> {
    let Disclosed { groups, shows_ocop } = disclose(groups, audience, Some(OTHERS.to_owned()));
    groups.into_iter().map(|(name, sales)| sales_of(name, &sales, total, shows_ocop)).collect()
}

/// Label of a locality, with the country unless it is Vietnam.
fn locality_label(country: &str, locality: &str) -> String {
    if country == "VN" || country.is_empty() { locality.to_owned() } else { format!("{locality} ({country})") }
}

fn sort_by_amount_descending(list: &mut [SalesOf]) {
    list.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| compare_names(&a.name, &b.name)));
}

/// Totals of an edition, each computed from rows or declared.
pub(super) fn compute_totals(f: &Figures) -> Totals {
    let if_any = |n: i64, has_rows: bool| has_rows.then_some(n);
    Totals {
        booths: basis(if_any(count(f.booths.len()), !f.booths.is_empty()), f.edition.declared_booths.map(i64::from)),
        visits: basis(if_any(f.total_visits, !f.hours.is_empty()), f.edition.declared_visits),
        sales: basis(if_any(f.total.amount, f.total.reports > 0), f.edition.declared_sales),
    }
}

fn booths(f: &Figures, totals: &Totals) -> Result<Booths, Overflow> {
    let of = |name: String, belongs: &dyn Fn(&BoothFact) -> bool| {
        let mut line = BoothsOf { name, total: 0, allocated: 0, net_space_dm2: 0 };
        for booth in f.booths.iter().filter(|b| belongs(b)) {
            line.total += 1;
            if f.let_booths.contains_key(&booth.id) {
                line.allocated += 1;
                line.net_space_dm2 += i64::from(booth.area_dm2);
            }
        }
        line
    };
    let categories = <crate::floor::BoothCategory as strum::VariantArray>::VARIANTS;
    let let_booths = f.booths.iter().filter(|b| f.let_booths.contains_key(&b.id));
    Ok(Booths {
        total: totals.booths.0,
        basis: totals.booths.1,
        allocated: f.let_booths.len(),
        booth_equivalents: money::sum(f.booths.iter().map(|b| i64::from(b.equivalents)))?,
        net_space_dm2: money::sum(let_booths.map(|b| i64::from(b.area_dm2)))?,
        by_zone: f.zones.iter().map(|z| of(z.name.clone(), &|b| b.zone == z.id)).collect(),
        by_category: categories
            .iter()
            .map(|c| of(c.to_string(), &|b| b.category == *c))
            .filter(|line| line.total > 0)
            .collect(),
    })
}

fn products(f: &Figures) -> Products {
    let last = f.days.last().map(|d| d.day);
    let is_valid = |on: Option<hoicho_core::values::clock::Day>| on.zip(last).is_some_and(|(on, last)| on >= last);
    Products {
        total: f.products.len(),
        certified: f.products.iter().filter(|p| is_valid(p.certificate_expires_on)).count(),
        by_stars: count_by_name(f.products.iter().map(|p| p.stars.map_or("none".to_owned(), |s| s.to_string()))),
        by_group: count_by_name(f.products.iter().map(|p| p.group.to_string())),
    }
}

/// Codes of the booths with the highest sales.
fn top_booths(f: &Figures) -> Vec<String> {
    let amount = |booth: &BoothFact| f.by_booth.get(&booth.id).map_or(0, |sales| sales.amount);
    let mut booths: Vec<(i64, &str)> =
        f.booths.iter().map(|b| (amount(b), b.code.as_str())).filter(|b| b.0 > 0).collect();
    booths.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    booths.into_iter().take(MAX_TOP_ENTRIES).map(|(_, code)| code.to_owned()).collect()
}

fn sales(f: &Figures, totals: &Totals, audience: Audience) -> Result<SalesFigures, Overflow> {
    let total = totals.sales.0;
    let money = |amount| Money { amount, currency: f.edition.currency.clone() };
    let localities = f.by_locality.iter().map(|((country, name), sum)| (locality_label(country, name), sum.clone()));
    let mut by_locality = entries(localities.collect(), audience, total);
    sort_by_amount_descending(&mut by_locality);
    let groups = f
        .by_group
        .iter()
        .map(|(group, sum)| (group.map_or_else(|| "unspecified".to_owned(), |group| group.to_string()), sum.clone()));
    let mut groups: Vec<(String, Sum)> = groups.collect();
    // The rest, which is the first key, comes last.
    groups.sort_by_key(|(name, _)| name == "unspecified");
    let days = f.days.iter().map(|d| (d.day, f.by_day.get(&d.day).cloned().unwrap_or_default()));
    let Disclosed { groups: days, shows_ocop } = disclose(days.collect(), audience, None);
    let zones = f.zones.iter().map(|z| (z.name.clone(), f.by_zone.get(&z.id).cloned().unwrap_or_default()));
    let all = f.all_sales()?;
    let shows_total = audience == Audience::Organiser || totals.sales.1 == Basis::Declared || !all.is_small();
    let (received, due) = (f.reports_received(), f.reports_due());
    Ok(SalesFigures {
        total: shows_total.then(|| money(total)),
        basis: totals.sales.1,
        ocop: (audience == Audience::Organiser || (shows_total && all.shows_ocop())).then(|| money(f.total.ocop)),
        by_day: days
            .into_iter()
            .map(|(day, sales)| SalesOfDay {
                day,
                amount: sales.amount,
                ocop_amount: shows_ocop.then_some(sales.ocop),
                reports: sales.reports,
            })
            .collect(),
        by_zone: entries(zones.collect(), audience, total),
        by_product_group: entries(groups, audience, total),
        top_localities: by_locality.iter().filter(|l| l.name != OTHERS).take(MAX_TOP_ENTRIES).cloned().collect(),
        by_locality,
        top_booths: top_booths(f),
        reports_received: received,
        reports_due: due,
        completeness_bp: ratio_in_ten_thousandths(count(received), count(due)),
    })
}

fn deals(f: &Figures, audience: Audience) -> Deals {
    let of = |kind: DealKind| {
        let total = f.deals.iter().find(|d| d.kind == kind).copied();
        let total = total.unwrap_or(DealTotal { kind, deals: 0, amount: 0, sellers: 0 });
        let is_small = (1..MIN_SELLERS).contains(&usize::try_from(total.sellers).unwrap_or(usize::MAX));
        let money = Money { amount: total.amount, currency: f.edition.currency.clone() };
        (total.deals, (audience == Audience::Organiser || !is_small).then_some(money))
    };
    let (contracts, memoranda) = (of(DealKind::Contract), of(DealKind::Mou));
    Deals { contracts: contracts.0, contracts_value: contracts.1, memoranda: memoranda.0, memoranda_value: memoranda.1 }
}

/// Computes the document of an edition for an audience from its facts.
pub(super) fn compute_statistics(tx: &mut Tx<'_>, f: &Figures, audience: Audience) -> Result<Statistics, Problem> {
    let totals = compute_totals(f);
    let comparison = compare_with_previous(tx, f, &totals, audience)?;
    let of_gate = |id| f.visits_by_gate.get(&id).copied().unwrap_or_default();
    let by_day = f.visits_by_day.iter();
    let by_day = by_day.map(|(day, (visits, exits))| VisitsOfDay { day: *day, visits: *visits, exits: *exits });
    Ok(Statistics {
        booths: booths(f, &totals)?,
        exhibitors: Exhibitors {
            direct: f.direct.len(),
            indirect: f.represented_companies().len(),
            basis: Basis::Computed,
            by_legal_form: count_by_name(f.direct.iter().map(|e| e.legal_form.to_string())),
            by_country: count_by_name(f.direct.iter().map(|e| e.country.clone())),
            by_locality: count_by_name(f.direct.iter().map(|e| locality_label(&e.country, &e.locality))),
        },
        products: products(f),
        visits: Visits {
            total: totals.visits.0,
            basis: totals.visits.1,
            by_day: by_day.collect(),
            by_gate: f.gates.iter().map(|g| VisitsOfGate { gate: g.name.clone(), visits: of_gate(g.id) }).collect(),
        },
        sales: sales(f, &totals, audience)?,
        deals: deals(f, audience),
        comparison,
        edition: f.edition.slug.clone(),
        report_digests: BTreeMap::new(),
    })
}
