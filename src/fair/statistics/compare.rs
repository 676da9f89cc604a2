//! Comparing an edition with the last one of its series: both the ratio and the change, totals and daily averages.
use super::{document::*, figures::Figures, store};
use crate::editions;
use hoicho_core::{
    db::Tx,
    values::money::{ratio_in_ten_thousandths, ten_thousandths},
};
use hoicho_web::{
    http::Problem,
    http::export::{Cell, Table},
};

/// A figure with where it comes from: rows, or a declared total where there are none.
pub(super) fn basis(computed: Option<i64>, declared: Option<i64>) -> (i64, Basis) {
    match (computed, declared) {
        (Some(total), _) => (total, Basis::Computed),
        (None, Some(total)) => (total, Basis::Declared),
        (None, None) => (0, Basis::Computed),
    }
}

/// `now ÷ before` of what the two are shown as; a change in ten-thousandths of the earlier figure.
fn ratio(now: i64, before: i64, shown: (i64, i64)) -> Option<Ratio> {
    let ratio = ratio_in_ten_thousandths(now, before)?;
    let number = |value: i64| ten_thousandths(value).parse::<serde_json::Number>().ok();
    Some(Ratio { now: shown.0, before: shown.1, ratio: number(ratio)?, change: number(ratio - 10_000)? })
}

/// Half up, as people round averages.
fn average(total: i64, days: i64) -> i64 {
    if days <= 0 { 0 } else { total.saturating_add(days / 2) / days }
}

/// The same of daily averages: now/days ÷ before/days, without losing anything to a division in between.
fn ratio_a_day(now: i64, before: i64, days: (i64, i64)) -> Option<Ratio> {
    let (n, b) = now.checked_mul(days.1).zip(before.checked_mul(days.0))?;
    ratio(n, b, (average(now, days.0), average(before, days.1)))
}

/// What is compared: totals with where they come from.
pub(super) struct Totals {
    pub booths: (i64, Basis),
    pub visits: (i64, Basis),
    pub sales: (i64, Basis),
}

/// The comparison with the last edition of the same series; `None` for the first.
pub(super) fn with_previous(tx: &mut Tx<'_>, figures: &Figures, now: &Totals) -> Result<Option<Comparison>, Problem> {
    let Some(first) = figures.days.first() else { return Ok(None) };
    let Some(previous) = editions::store::previous_in_series(tx, &figures.edition, first.day)? else { return Ok(None) };
    let (mut booths, mut sold, mut counted) = store::totals_of(tx, &[previous.id])?;
    let before = Totals {
        booths: basis(booths.remove(&previous.id), previous.declared_booths.map(i64::from)),
        visits: basis(counted.remove(&previous.id), previous.declared_visits),
        sales: basis(sold.remove(&previous.id), previous.declared_sales),
    };
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let days = (count(figures.days.len()), count(editions::store::days(tx, previous.id)?.len()));
    let whole = |now: (i64, Basis), before: (i64, Basis)| ratio(now.0, before.0, (now.0, before.0));
    let alike = [(now.booths, before.booths), (now.visits, before.visits), (now.sales, before.sales)]
        .iter()
        .all(|(now, before)| now.1 == before.1 || before.0 == 0);
    Ok(Some(Comparison {
        previous_edition: previous.slug,
        booths: whole(now.booths, before.booths),
        sales: whole(now.sales, before.sales),
        sales_per_day: ratio_a_day(now.sales.0, before.sales.0, days),
        visits: whole(now.visits, before.visits),
        visits_per_day: ratio_a_day(now.visits.0, before.visits.0, days),
        like_with_like: alike,
    }))
}

/// The comparison as a table; empty for the first edition of a series.
pub(super) fn table(comparison: Option<&Comparison>) -> Table {
    let rows = comparison.into_iter().flat_map(|c| {
        let figures = [
            ("booths", &c.booths),
            ("visits", &c.visits),
            ("visits_per_day", &c.visits_per_day),
            ("sales", &c.sales),
            ("sales_per_day", &c.sales_per_day),
        ];
        figures.into_iter().filter_map(|(name, ratio)| {
            let ratio = ratio.as_ref()?;
            Some(vec![
                Cell::Text(name.to_owned()),
                Cell::Text(c.previous_edition.clone()),
                Cell::Number(ratio.now),
                Cell::Number(ratio.before),
                Cell::Text(ratio.ratio.to_string()),
                Cell::Text(ratio.change.to_string()),
                Cell::Text(if c.like_with_like { "yes" } else { "no" }.to_owned()),
            ])
        })
    });
    let columns = ["figure", "previous_edition", "now", "before", "ratio", "change", "like_with_like"];
    Table { name: "comparison".to_owned(), columns: columns.map(str::to_owned).to_vec(), rows: rows.collect() }
}
