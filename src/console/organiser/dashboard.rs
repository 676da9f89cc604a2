//! `/manage/{edition}`: dashboard of an edition.
use actix_web::{HttpResponse, get};
use askama::Template;

use super::{
    edition_context::{EditionContext, Tab, ViewEdition},
    missing_reports::{MissingReports, find_missing_reports},
    store,
};
use crate::{
    chart::{self, Bar, Chart, Unit},
    page_context::{PageContext, render_page},
    visitor::figures::charts,
};
use hoicho_core::states::{AllocationState, ApplicationState};
use hoicho_fair::{
    statistics::{document::Statistics, visible_figures},
    visits,
};
use hoicho_web::{
    http::{Code, Problem},
    identity::Permit,
};

/// Maximum number of booths with missing reports that are shown.
const MAX_LATE: usize = 30;

#[derive(Template)]
#[template(path = "organiser/dashboard.html")]
struct Dashboard {
    s: PageContext,
    desk: EditionContext,
    f: Statistics,
    applications: Vec<(ApplicationState, i64)>,
    allocations: Vec<(AllocationState, i64)>,
    visits_today: i64,
    inside: i64,
    by_hour: Option<Chart>,
    charts: Vec<Chart>,
    late: Vec<MissingReports>,
    more_late: usize,
}

impl Dashboard {
    fn waiting(&self) -> i64 {
        self.applications.iter().find(|(state, _)| *state == ApplicationState::Submitted).map_or(0, |(_, n)| *n)
    }
}

/// Shows the dashboard. The script refreshes parts of the page after change events.
#[get("/manage/{edition}")]
pub(super) async fn show_dashboard(s: PageContext, permit: Permit<ViewEdition>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, granted| {
        let desk = EditionContext::load(tx, &granted, Tab::Dashboard)?;
        let id = desk.edition.id;
        let (f, _) = visible_figures(tx, &granted)?.ok_or(Code::NotFound)?;
        let hours = visits::store::counts_by_hour(tx, id)?;
        let late = find_missing_reports(tx, &desk)?;
        Ok((store::applications_by_state(tx, id)?, store::allocations_by_state(tx, id)?, hours, late, f, desk))
    });
    let (applications, allocations, hours, mut late, f, desk) = data.await?;
    let today: Vec<_> = hours.iter().filter(|h| h.day == desk.today).collect();
    let visits_today = today.iter().map(|h| h.entries).sum();
    let inside = today.iter().map(|h| h.entries - h.exits).sum::<i64>().max(0);
    let span = today.iter().map(|h| h.hour).min().zip(today.iter().map(|h| h.hour).max());
    let by_hour = span.map(|(first, last)| {
        let bar = |hour: i32| Bar {
            name: format!("{hour}h"),
            value: today.iter().filter(|h| h.hour == hour).map(|h| h.entries).sum(),
        };
        let bars: Vec<Bar> = (first..=last).map(bar).collect();
        chart::column_chart(s.t("chart-visits-by-hour"), &bars, Unit::Count, s.words.0)
    });
    let charts = charts(&s, &f).into_iter().take(2).collect();
    let more_late = late.len().saturating_sub(MAX_LATE);
    late.truncate(MAX_LATE);
    render_page(&Dashboard {
        s,
        desk,
        f,
        applications,
        allocations,
        visits_today,
        inside,
        by_hour,
        charts,
        late,
        more_late,
    })
}
