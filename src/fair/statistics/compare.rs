//! Comparison of an edition with the previous one of its series: ratio and change of totals and daily averages.
use super::{disclosure::Audience, document::*, figures::Figures, store};
use crate::{editions, tables::Cell};
use hoicho_core::{
    db::Tx,
    states::EditionState,
    values::money::{format_ten_thousandths, ratio_in_ten_thousandths},
};
use hoicho_web::http::Problem;

/// A figure with its basis: computed from rows if there are any, otherwise declared.
pub(super) fn basis(computed: Option<i64>, declared: Option<i64>) -> (i64, Basis) {
    match (computed, declared) {
        (Some(total), _) => (total, Basis::Computed),
        (None, Some(total)) => (total, Basis::Declared),
        (None, None) => (0, Basis::Computed),
    }
}

/// Ratio `now ÷ before` and change; `displayed` are the two figures it is published with.
fn ratio(now: i64, before: i64, displayed: (i64, i64)) -> Option<Ratio> {
    let ratio = ratio_in_ten_thousandths(now, before)?;
    let number = |value: i64| format_ten_thousandths(value).parse::<serde_json::Number>().ok();
    Some(Ratio { now: displayed.0, before: displayed.1, ratio: number(ratio)?, change: number(ratio - 10_000)? })
}

/// Average per day, rounded half up.
fn average_per_day(total: i64, days: i64) -> i64 {
    if days <= 0 { 0 } else { total.saturating_add(days / 2) / days }
}

/// Ratio of daily averages, now/days ÷ before/days, cross-multiplied so that no intermediate result is rounded.
fn ratio_per_day(now: i64, before: i64, days: (i64, i64)) -> Option<Ratio> {
    let (n, b) = now.checked_mul(days.1).zip(before.checked_mul(days.0))?;
    ratio(n, b, (average_per_day(now, days.0), average_per_day(before, days.1)))
}

/// Compared totals, each with its basis.
pub(super) struct Totals {
    pub booths: (i64, Basis),
    pub visits: (i64, Basis),
    pub sales: (i64, Basis),
}

/// Comparison with the previous edition of the same series; `None` for the first. Daily averages divide by the days held.
pub(super) fn compare_with_previous(
    tx: &mut Tx<'_>,
    figures: &Figures,
    now: &Totals,
    audience: Audience,
) -> Result<Option<Comparison>, Problem> {
    let Some(first) = figures.days.first() else { return Ok(None) };
    let Some(previous) = editions::store::find_previous_in_series(tx, &figures.edition, first.day)? else {
        return Ok(None);
    };
    // Figures that are not final are not public, nor is a draft.
    if audience == Audience::Public && previous.state != EditionState::Finalised {
        return Ok(None);
    }
    let (mut booths, mut sales, mut visits) = store::find_totals(tx, &[previous.id])?;
    let before = Totals {
        booths: basis(booths.remove(&previous.id), previous.declared_booths.map(i64::from)),
        visits: basis(visits.remove(&previous.id), previous.declared_visits),
        sales: basis(sales.remove(&previous.id), previous.declared_sales),
    };
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let held_before = previous.days_held(&editions::store::list_days(tx, previous.id)?, figures.at)?;
    let days = (count(figures.held.len()), count(held_before.len()));
    let is_small = |total: (i64, Basis), is_small: bool| total.1 == Basis::Computed && is_small;
    let hides_sales = audience == Audience::Public
        && (is_small(now.sales, figures.all_sales()?.is_small())
            || is_small(before.sales, store::has_few_sellers(tx, previous.id)?));
    let total_ratio = |now: (i64, Basis), before: (i64, Basis)| ratio(now.0, before.0, (now.0, before.0));
    let like_with_like = [(now.booths, before.booths), (now.visits, before.visits), (now.sales, before.sales)]
        .iter()
        .all(|(now, before)| now.1 == before.1 || before.0 == 0);
    Ok(Some(Comparison {
        previous_edition: previous.slug,
        booths: total_ratio(now.booths, before.booths),
        sales: total_ratio(now.sales, before.sales).filter(|_| !hides_sales),
        sales_per_day: ratio_per_day(now.sales.0, before.sales.0, days).filter(|_| !hides_sales),
        visits: total_ratio(now.visits, before.visits),
        visits_per_day: ratio_per_day(now.visits.0, before.visits.0, days),
        like_with_like,
    }))
}

/// Rows of the report; none for the first edition of a series.
pub(super) fn rows(comparison: Option<&Comparison>) -> Vec<Vec<Cell>> {
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
                Cell::YesNo(c.like_with_like),
            ])
        })
    });
    rows.collect()
}
