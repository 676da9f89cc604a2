//! `/manage/{edition}/visits`: visits by gate, day and hour, and adjustments.
use std::collections::BTreeMap;

use actix_web::{HttpResponse, get};
use askama::Template;

use super::edition_context::{EditionContext, Tab, ViewVisits};
use crate::{
    chart::{self, Bar, Chart, Unit},
    page_context::{PageContext, render_page},
    select_options::SelectOption,
};
use hoicho_core::{
    i18n::format,
    values::{
        clock::Day,
        ids::GateId,
        money::{self, Overflow},
    },
};
use hoicho_fair::{
    editions,
    visits::{
        self,
        store::{GateRow, HourRow},
    },
};
use hoicho_web::{http::Problem, identity::Permit};

/// A row of the table: visits by gate, visits outside the opening hours, and exits, of a day.
struct DayLine {
    day: Day,
    by_gate: Vec<i64>,
    visits: i64,
    outside_hours: i64,
    exits: i64,
}

#[derive(Template)]
#[template(path = "organiser/visits.html")]
struct Visits {
    page: PageContext,
    context: EditionContext,
    gates: Vec<GateRow>,
    lines: Vec<DayLine>,
    totals: Vec<i64>,
    visits: i64,
    outside_hours: i64,
    exits: i64,
    charts: Vec<Chart>,
    /// Days that may be corrected: those that have begun.
    days: Vec<SelectOption>,
    can_correct: bool,
}

/// Shows the visits.
#[get("/manage/{edition}/visits")]
pub(super) async fn show_visits(page: PageContext, permit: Permit<ViewVisits>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let context = EditionContext::load(tx, &authorized, Tab::Visits)?;
        let id = context.edition.id;
        Ok((
            visits::store::find_gates(tx, id)?,
            visits::store::counts_by_hour(tx, id)?,
            editions::store::list_days(tx, id)?,
            context,
        ))
    });
    let (gates, hours, days, context) = data.await?;
    let sum = |day: Day, gate: Option<GateId>, value: fn(&HourRow) -> i64| {
        money::sum(hours.iter().filter(|h| h.day == day && gate.is_none_or(|g| h.gate == g)).map(value))
    };
    let line = |day: Day| -> Result<DayLine, Overflow> {
        let by_gate = gates.iter().map(|g| sum(day, Some(g.id), |h| h.entries)).collect::<Result<Vec<i64>, _>>()?;
        let (visits, exits) = (sum(day, None, |h| h.entries)?, sum(day, None, |h| h.exits)?);
        Ok(DayLine { day, by_gate, visits, outside_hours: sum(day, None, |h| h.outside_hours)?, exits })
    };
    let lines = days.iter().map(|d| line(d.day)).collect::<Result<Vec<_>, _>>()?;
    let column = |n: usize| money::sum(lines.iter().filter_map(|l| l.by_gate.get(n)).copied());
    let totals = (0..gates.len()).map(column).collect::<Result<Vec<i64>, _>>()?;
    let visits = money::sum(lines.iter().map(|l| l.visits))?;
    let exits = money::sum(lines.iter().map(|l| l.exits))?;
    let outside_hours = money::sum(lines.iter().map(|l| l.outside_hours))?;
    let mut by_hour: BTreeMap<i32, i64> = BTreeMap::new();
    for hour in &hours {
        let entries = by_hour.entry(hour.hour).or_default();
        *entries = money::sum([*entries, hour.entries])?;
    }
    let day_bars: Vec<Bar> =
        lines.iter().map(|l| Bar { name: format::short_date(page.language(), l.day), value: l.visits }).collect();
    let hour_bars: Vec<Bar> = by_hour.iter().map(|(h, n)| Bar { name: format!("{h}h"), value: *n }).collect();
    let charts = if hours.is_empty() {
        Vec::new()
    } else {
        vec![
            chart::column_chart(page.t("chart-visits-by-day"), &day_bars, Unit::Count, page.language()),
            chart::column_chart(page.t("chart-visits-by-hour-all"), &hour_bars, Unit::Count, page.language()),
        ]
    };
    let begun = days.iter().filter(|d| d.day <= context.today);
    let days = begun.map(|d| SelectOption::new(d.day, page.short_date(&d.day), d.day == context.today)).collect();
    let can_correct = context.can_manage;
    render_page(Visits { page, context, gates, lines, totals, visits, outside_hours, exits, charts, days, can_correct })
        .await
}
