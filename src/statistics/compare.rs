//! Comparing an edition with the last one of its series: both the ratio and the change, totals and daily averages.
use super::{document::*, figures::Figures, store};
use crate::{
    db::Tx,
    editions,
    http::Problem,
    values::money::{ratio_in_ten_thousandths, ten_thousandths},
};

/// A figure with where it comes from: rows, or a declared total where there are none.
pub(super) fn basis(computed: Option<i64>, declared: Option<i64>) -> (i64, Basis) {
    match (computed, declared) {
        (Some(total), _) => (total, Basis::Computed),
        (None, Some(total)) => (total, Basis::Declared),
        (None, None) => (0, Basis::Computed),
    }
}

fn ratio(now: i64, before: i64) -> Option<Ratio> {
    let ratio = ratio_in_ten_thousandths(now, before)?;
    let number = |value: i64| ten_thousandths(value).parse::<serde_json::Number>().ok();
    Some(Ratio { ratio: number(ratio)?, change: number(ratio - 10_000)? })
}

fn pair(now: (i64, Basis), before: (i64, Basis), days: (i64, i64)) -> Option<(Ratio, Option<Ratio>, bool)> {
    let whole = ratio(now.0, before.0)?;
    // now/days ÷ before/days, without losing anything to a division in between.
    let a_day = now.0.checked_mul(days.1).zip(before.0.checked_mul(days.0)).and_then(|(n, b)| ratio(n, b));
    Some((whole, a_day, now.1 == before.1))
}

/// The comparison with the last edition of the same series; `None` for the first.
pub(super) fn with_previous(
    tx: &mut Tx<'_>,
    figures: &Figures,
    sales: (i64, Basis),
    visits: (i64, Basis),
) -> Result<Option<Comparison>, Problem> {
    let Some(first) = figures.days.first() else { return Ok(None) };
    let Some(previous) = editions::store::previous_in_series(tx, &figures.edition, first.day)? else { return Ok(None) };
    let (_, mut sold, mut counted) = store::totals_of(tx, &[previous.id])?;
    let (sold, counted) = (sold.remove(&previous.id), counted.remove(&previous.id));
    let days_before = editions::store::days(tx, previous.id)?.len();
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let days = (count(figures.days.len()), count(days_before));
    let sales = pair(sales, basis(sold, previous.declared_sales), days);
    let visits = pair(visits, basis(counted, previous.declared_visits), days);
    let like_with_like = sales.as_ref().is_none_or(|s| s.2) && visits.as_ref().is_none_or(|v| v.2);
    let split =
        |p: Option<(Ratio, Option<Ratio>, bool)>| p.map_or((None, None), |(whole, a_day, _)| (Some(whole), a_day));
    let ((sales, sales_per_day), (visits, visits_per_day)) = (split(sales), split(visits));
    Ok(Some(Comparison {
        previous_edition: previous.slug,
        sales,
        sales_per_day,
        visits,
        visits_per_day,
        like_with_like,
    }))
}
