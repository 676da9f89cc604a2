//! `/manage/{edition}`: dashboard of an edition.
use std::collections::BTreeSet;

use actix_web::{HttpResponse, get};
use askama::Template;

use super::{
    edition_context::{EditionContext, Tab, ViewEdition},
    missing_reports::{MissingReports, find_missing_reports, find_to_call},
    store,
};
use crate::{
    chart::{self, Bar, Chart, Unit},
    confirmation::list_names,
    page_context::{PageContext, render_page},
    visitor::figures::charts,
};
use hoicho_core::{
    states::{AllocationState, ApplicationState},
    values::money,
};
use hoicho_fair::{
    exhibitors::without_email::WithoutEmail,
    statistics::{document::Statistics, visible_figures},
    visits,
};
use hoicho_web::{
    http::{Code, Problem},
    identity::Permit,
};

/// Max booths with missing reports that are shown.
const MAX_MISSING_REPORTS: usize = 30;

#[derive(Template)]
#[template(path = "organiser/dashboard.html")]
struct Dashboard {
    page: PageContext,
    context: EditionContext,
    figures: Statistics,
    applications: Vec<(ApplicationState, i64)>,
    allocations: Vec<(AllocationState, i64)>,
    visits_today: i64,
    visitors_inside: i64,
    visits_by_hour: Option<Chart>,
    charts: Vec<Chart>,
    missing_reports: Vec<MissingReports>,
    more_missing_reports: usize,
    /// Question before the reminders are sent: how many, to whom.
    remind_question: String,
    /// Exhibitors with missing reports that no reminder reaches.
    to_call: Vec<WithoutEmail>,
}

impl Dashboard {
    fn undecided_applications(&self) -> i64 {
        self.applications.iter().find(|(state, _)| *state == ApplicationState::Submitted).map_or(0, |(_, n)| *n)
    }
}

/// Shows the dashboard. The script refreshes parts of the page after change events.
#[get("/manage/{edition}")]
pub(super) async fn show_dashboard(page: PageContext, permit: Permit<ViewEdition>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let context = EditionContext::load(tx, &authorized, Tab::Dashboard)?;
        let id = context.edition.id;
        let (figures, _) = visible_figures(tx, &authorized)?.ok_or(Code::NotFound)?;
        let hours = visits::store::counts_by_hour(tx, id)?;
        let missing_reports = find_missing_reports(tx, &context)?;
        let to_call = find_to_call(tx, &missing_reports)?;
        Ok((
            store::applications_by_state(tx, id)?,
            store::allocations_by_state(tx, id)?,
            hours,
            (missing_reports, to_call),
            figures,
            context,
        ))
    });
    let (applications, allocations, hours, (mut missing_reports, to_call), figures, context) = data.await?;
    let today: Vec<_> = hours.iter().filter(|h| h.day == context.today).collect();
    let visits_today = money::sum(today.iter().map(|h| h.entries))?;
    let exits_today = money::sum(today.iter().map(|h| h.exits))?;
    let visitors_inside = visits_today.saturating_sub(exits_today).max(0);
    let span = today.iter().map(|h| h.hour).min().zip(today.iter().map(|h| h.hour).max());
    let visits_by_hour = span.map(|(first, last)| -> Result<_, money::Overflow> {
        let bar = |hour: i32| -> Result<Bar, money::Overflow> {
            let entries = today.iter().filter(|h| h.hour == hour).map(|h| h.entries);
            Ok(Bar { name: format!("{hour}h"), value: money::sum(entries)? })
        };
        let bars = (first..=last).map(bar).collect::<Result<Vec<_>, _>>()?;
        Ok(chart::column_chart(page.t("chart-visits-by-hour"), &bars, Unit::Count, page.language()))
    });
    let visits_by_hour = visits_by_hour.transpose()?;
    let charts = charts(&page, &figures).into_iter().take(2).collect();
    let names: BTreeSet<&str> = missing_reports.iter().map(|missing| missing.exhibitor.as_str()).collect();
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let count = page.integer(names.len());
    let remind_question = page.t_with2("missing-reports-ask", "n", count, "names", list_names(&page, &names));
    let more_missing_reports = missing_reports.len().saturating_sub(MAX_MISSING_REPORTS);
    missing_reports.truncate(MAX_MISSING_REPORTS);
    render_page(Dashboard {
        page,
        context,
        figures,
        applications,
        allocations,
        visits_today,
        visitors_inside,
        visits_by_hour,
        charts,
        missing_reports,
        more_missing_reports,
        remind_question,
        to_call,
    })
    .await
}
