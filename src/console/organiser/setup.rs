//! `/manage/{edition}/setup`: name, venue, life cycle, opening days and gates.
use actix_web::{HttpResponse, get};
use askama::Template;
use chrono::{Datelike, Days};

use super::desk::{Desk, SeeFair, Tab};
use crate::{
    choice::Choice,
    shell::{Shell, page},
};
use hoicho_core::{i18n::numbers, values::clock::Day};
use hoicho_fair::{
    editions::{self, EditionState, store::OpeningDayRow},
    organisers, venues,
    visits::{self, store::GateRow},
};
use hoicho_web::{http::Problem, identity::Permit};

/// A row of the opening days form.
struct DayLine {
    number: usize,
    day: String,
    opens_at: String,
    closes_at: String,
}

/// A month of the calendar; weeks start on Monday.
struct Month {
    title: String,
    weeks: Vec<Vec<Option<(u32, bool)>>>,
}

#[derive(Template)]
#[template(path = "organiser/setup.html")]
struct Setup {
    s: Shell,
    desk: Desk,
    venues: Vec<Choice>,
    series: Vec<Choice>,
    lines: Vec<DayLine>,
    months: Vec<Month>,
    gates: Vec<GateRow>,
}

impl Setup {
    fn is_last(&self, step: &EditionState) -> bool {
        *step == EditionState::Finalised
    }
    fn steps_back(&self) -> Vec<(String, String)> {
        let state = self.desk.edition.state;
        let needs = state.legal_steps().into_iter().filter(|to| state.needs_reason(*to));
        needs.map(|to| (to.to_string(), self.s.of("edition-state", to))).collect()
    }
    fn declared(&self, total: &Option<i64>) -> String {
        total.map(|n| n.to_string()).unwrap_or_default()
    }
    fn declared_booths(&self) -> String {
        self.desk.edition.declared_booths.map(|n| n.to_string()).unwrap_or_default()
    }
}

/// Calendar months that contain opening days; at most 12.
fn months(s: &Shell, days: &[OpeningDayRow]) -> Vec<Month> {
    let is_open = |day: Day| days.iter().any(|d| d.day == day);
    let mut firsts: Vec<Day> = days.iter().filter_map(|d| d.day.with_day(1)).collect();
    firsts.dedup();
    let month = |first: Day| {
        let offset = usize::try_from(first.weekday().num_days_from_monday()).unwrap_or(0);
        let own = (0..31).filter_map(|n| first.checked_add_days(Days::new(n))).filter(|d| d.month() == first.month());
        let cells: Vec<_> = std::iter::repeat_n(None, offset).chain(own.map(|d| Some((d.day(), is_open(d))))).collect();
        let weeks = cells.chunks(7).map(|week| {
            let mut week = week.to_vec();
            week.resize(7, None);
            week
        });
        Month { title: s.fill2("month", "month", first.month(), "year", first.year()), weeks: weeks.collect() }
    };
    firsts.into_iter().take(12).map(month).collect()
}

/// Rows of the form: submitted values, else stored opening days, else one default row.
fn lines(s: &Shell, days: &[OpeningDayRow]) -> Vec<DayLine> {
    let submitted = s.flash.typed.keys().filter(|name| name.ends_with(".day")).count();
    let count = days.len().max(submitted).max(1);
    let line = |number: usize| {
        let day = days.get(number);
        let value = |field: &str, current: String| s.value(&format!("{number}.{field}"), &current);
        DayLine {
            number,
            day: value("day", day.map(|d| d.day.to_string()).unwrap_or_default()),
            opens_at: value("opens_at", day.map_or_else(|| "08:00".to_owned(), |d| numbers::time(d.opens_at))),
            closes_at: value("closes_at", day.map_or_else(|| "21:30".to_owned(), |d| numbers::time(d.closes_at))),
        }
    };
    (0..count).map(line).collect()
}

/// Shows the setup forms.
#[get("/manage/{edition}/setup")]
pub(super) async fn show_setup(s: Shell, permit: Permit<SeeFair>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, granted| {
        let desk = Desk::find(tx, &granted, Tab::Setup)?;
        let organiser = desk.edition.organiser_id;
        Ok((
            venues::store::page(tx, organiser, None, 500)?,
            organisers::store::series_page(tx, organiser, None, 500)?,
            editions::store::days(tx, desk.edition.id)?,
            visits::store::gates_of(tx, desk.edition.id)?,
            desk,
        ))
    });
    let (venues, series, days, gates, desk) = data.await?;
    let none = || Choice::none(s.t("choose-none"));
    let venues = venues.into_iter().map(|v| Choice::new(v.id, v.name, desk.edition.venue_id == Some(v.id)));
    let series = series.into_iter().map(|x| Choice::new(x.id, x.name, desk.edition.series_id == Some(x.id)));
    let venues = std::iter::once(none()).chain(venues).collect();
    let series = std::iter::once(none()).chain(series).collect();
    let (lines, months) = (lines(&s, &days), months(&s, &days));
    page(&Setup { s, desk, venues, series, lines, months, gates })
}
