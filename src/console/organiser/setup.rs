//! `/manage/{edition}/setup`: name, venue, life cycle, opening days and gates.
use actix_web::{HttpResponse, get};
use askama::Template;
use chrono::{Datelike, Days};

use super::edition_context::{EditionContext, Tab, ViewEdition};
use crate::{
    page_context::{PageContext, render_page, to_local},
    select_options::SelectOption,
};
use hoicho_core::{
    i18n::format,
    values::clock::{Day, Instant},
};
use hoicho_fair::{
    editions::{self, lifecycle, store::OpeningDayRow},
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
    page: PageContext,
    context: EditionContext,
    venues: Vec<SelectOption>,
    series: Vec<SelectOption>,
    day_lines: Vec<DayLine>,
    months: Vec<Month>,
    gates: Vec<GateRow>,
    /// Opening days that have not begun.
    days_to_come: usize,
}

impl Setup {
    fn backward_transitions(&self) -> Vec<(String, String)> {
        if !self.context.can_manage {
            return Vec::new();
        }
        let edition = &self.context.edition;
        let legal = lifecycle::allowed_transitions(edition.state, edition.schedule.has_begun(self.page.now));
        let needs = legal.into_iter().filter(|to| lifecycle::needs_reason(*to));
        needs.map(|to| (to.to_string(), self.page.t_value("edition-state", to))).collect()
    }
    /// When and why the edition was ended early.
    fn ended(&self) -> Option<String> {
        let edition = &self.context.edition;
        let at = self.page.date_time(&edition.time_zone, &edition.schedule.ended_at?);
        Some(self.page.t_with2("setup-ended", "at", at, "reason", edition.end_reason.as_deref().unwrap_or_default()))
    }
    /// What ending the edition now would do.
    fn end_effect(&self) -> String {
        self.page.t_count("setup-end-effect", self.days_to_come)
    }
    fn registration_opens(&self) -> String {
        self.local_input(self.context.edition.schedule.registration_opens_at)
    }
    fn registration_closes(&self) -> String {
        self.local_input(self.context.edition.schedule.registration_closes_at)
    }
    /// Value of a `datetime-local` field.
    fn local_input(&self, at: Option<Instant>) -> String {
        let local = at.map(|at| to_local(&self.context.edition.time_zone, &at));
        local.map(|at| at.format("%Y-%m-%dT%H:%M").to_string()).unwrap_or_default()
    }
    fn declared(&self, total: &Option<i64>) -> String {
        total.map(|n| n.to_string()).unwrap_or_default()
    }
    fn declared_booths(&self) -> String {
        self.context.edition.declared_booths.map(|n| n.to_string()).unwrap_or_default()
    }
}

/// Calendar months that contain opening days; at most 12.
fn months(page: &PageContext, days: &[OpeningDayRow]) -> Vec<Month> {
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
        Month { title: page.t_with2("month", "month", first.month(), "year", first.year()), weeks: weeks.collect() }
    };
    firsts.into_iter().take(12).map(month).collect()
}

/// Rows of the form: submitted values, else stored opening days, else one default row.
fn day_lines(page: &PageContext, days: &[OpeningDayRow]) -> Vec<DayLine> {
    let submitted = page.flash.submitted.keys().filter(|name| name.ends_with(".day")).count();
    let count = days.len().max(submitted).max(1);
    let line = |number: usize| {
        let day = days.get(number);
        let value = |field: &str, current: String| page.field_value(&format!("{number}.{field}"), &current);
        DayLine {
            number,
            day: value("day", day.map(|d| d.day.to_string()).unwrap_or_default()),
            opens_at: value("opens_at", day.map_or_else(|| "08:00".to_owned(), |d| format::time(d.opens_at))),
            closes_at: value("closes_at", day.map_or_else(|| "21:30".to_owned(), |d| format::time(d.closes_at))),
        }
    };
    (0..count).map(line).collect()
}

/// Shows the setup forms.
#[get("/manage/{edition}/setup")]
pub(super) async fn show_setup(page: PageContext, permit: Permit<ViewEdition>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let context = EditionContext::load(tx, &authorized, Tab::Setup)?;
        let organiser = context.edition.organiser_id;
        Ok((
            venues::store::list_page(tx, organiser, None, 500)?,
            organisers::store::list_series_page(tx, organiser, None, 500)?,
            editions::store::list_days(tx, context.edition.id)?,
            visits::store::find_gates(tx, context.edition.id)?,
            context,
        ))
    });
    let (venues, series, list_days, gates, context) = data.await?;
    let none = || SelectOption::none(page.t("choose-none"));
    let venues = venues.into_iter().map(|v| SelectOption::new(v.id, v.name, context.edition.venue_id == Some(v.id)));
    let series = series.into_iter().map(|x| SelectOption::new(x.id, x.name, context.edition.series_id == Some(x.id)));
    let venues = std::iter::once(none()).chain(venues).collect();
    let series = std::iter::once(none()).chain(series).collect();
    let (day_lines, months) = (day_lines(&page, &list_days), months(&page, &list_days));
    let local = context.edition.local_time(page.now)?;
    let days_to_come = list_days.iter().filter(|d| d.day.and_time(d.opens_at) > local).count();
    render_page(Setup { page, context, venues, series, day_lines, months, gates, days_to_come }).await
}
