//! `/manage/{edition}/sales`: spreadsheet of sales per booth and day, editable by keyboard and paste.
use std::collections::{HashMap, HashSet};

use actix_web::{HttpResponse, get};
use askama::Template;
use serde::Deserialize;

use super::{
    edition_context::{EditionContext, Tab, ViewEdition},
    store::{self, SalesReportRow},
};
use crate::{
    page_context::{PageContext, render_page},
    select_options::SelectOption,
};
use hoicho_core::{
    states::ReportState,
    values::{
        clock::Day,
        ids::{BoothId, ZoneId},
        money,
    },
};
use hoicho_fair::{editions, floor, sales};
use hoicho_web::{
    http::{Problem, Query},
    identity::Permit,
};

/// Booths per page.
const PAGE_SIZE: usize = 100;

/// Max queried reports listed.
const MAX_QUERIED: usize = 8;

/// A row of the sheet: a booth.
struct BoothRow {
    id: BoothId,
    code: String,
    exhibitor: String,
    cells: Vec<Cell>,
    total: i64,
}

/// A cell of the sheet: a booth and a day.
struct Cell {
    day: Day,
    report: Option<SalesReportRow>,
    /// Somebody has the booth on this day and it is not in the future, so a report can be entered.
    is_due: bool,
}

#[derive(Template)]
#[template(path = "organiser/sales.html")]
struct Sales {
    page: PageContext,
    context: EditionContext,
    days: Vec<Day>,
    booths: Vec<BoothRow>,
    totals: Vec<i64>,
    total: i64,
    zones: Vec<SelectOption>,
    zone: Option<ZoneId>,
    next: Option<String>,
    queried: Vec<(String, BoothId, Day)>,
    more_queried: usize,
}

impl Sales {
    fn amount(&self, cell: &Cell) -> String {
        cell.report.as_ref().map(|report| self.page.integer(report.amount)).unwrap_or_default()
    }
    fn zone_id(&self) -> String {
        self.zone.map(|z| z.to_string()).unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct SalesQuery {
    #[serde(default)]
    zone: String,
    #[serde(default)]
    after: String,
}

/// Shows the sheet.
#[get("/manage/{edition}/sales")]
pub(super) async fn show_sales(
    page: PageContext,
    permit: Permit<ViewEdition>,
    query: Query<SalesQuery>,
) -> Result<HttpResponse, Problem> {
    let SalesQuery { zone, after } = query.into_result()?;
    let zone: Option<ZoneId> = zone.parse().ok();
    let data = permit.read(move |tx, authorized| {
        let context = EditionContext::load(tx, &authorized, Tab::Sales)?;
        let id = context.edition.id;
        let days = editions::store::list_days(tx, id)?;
        let held = context.edition.days_held(&days, context.now)?;
        let days: Vec<Day> = days.into_iter().map(|d| d.day).collect();
        let occupants = sales::store::find_occupants(tx, id)?;
        let booths = store::booths(tx, id, zone, "", floor::store::MAX_BOOTHS_ON_FLOOR_PLAN)?;
        Ok((context, (days, held), occupants, booths, store::reports(tx, id)?, floor::store::zones(tx, id)?))
    });
    let (context, (days, held), occupants, booths, reports, zones) = data.await?;
    let mut names: HashMap<BoothId, Vec<String>> = HashMap::new();
    let mut occupied: HashSet<(BoothId, Day)> = HashSet::new();
    for occupant in occupants {
        occupied.insert((occupant.booth, occupant.day));
        let names = names.entry(occupant.booth).or_default();
        if !names.contains(&occupant.name) {
            names.push(occupant.name);
        }
    }
    let codes: HashMap<BoothId, String> = booths.iter().map(|b| (b.id, b.code.clone())).collect();
    let queried = reports.iter().filter(|r| r.state == ReportState::Queried);
    let mut queried: Vec<_> = queried.filter_map(|r| Some((codes.get(&r.booth)?.clone(), r.booth, r.day))).collect();
    let more_queried = queried.len().saturating_sub(MAX_QUERIED);
    queried.truncate(MAX_QUERIED);
    let mut report_by_cell: HashMap<(BoothId, Day), SalesReportRow> =
        reports.into_iter().map(|r| ((r.booth, r.day), r)).collect();
    let visible = booths.into_iter().filter(|b| names.contains_key(&b.id));
    let mut all: Vec<_> = visible.filter(|b| b.code > after).collect();
    let more = all.len() > PAGE_SIZE;
    // Totals include all booths of the filter, not only this page.
    let totals = days.iter().map(|day| {
        let of_day = report_by_cell.values().filter(|r| r.day == *day && codes.contains_key(&r.booth));
        money::sum(of_day.map(|r| r.amount))
    });
    let totals: Vec<i64> = totals.collect::<Result<_, _>>()?;
    let total = money::sum(totals.iter().copied())?;
    all.truncate(PAGE_SIZE);
    let next = all.last().filter(|_| more).map(|b| b.code.clone());
    let line = |booth: store::BoothLine| -> Result<BoothRow, money::Overflow> {
        let cell = |day: &Day| Cell {
            day: *day,
            report: report_by_cell.remove(&(booth.id, *day)),
            is_due: held.contains(day) && occupied.contains(&(booth.id, *day)),
        };
        let cells: Vec<Cell> = days.iter().map(cell).collect();
        Ok(BoothRow {
            exhibitor: names.get(&booth.id).map(|names| names.join("; ")).unwrap_or_default(),
            total: money::sum(cells.iter().filter_map(|c| c.report.as_ref()).map(|r| r.amount))?,
            cells,
            id: booth.id,
            code: booth.code,
        })
    };
    let booths = all.into_iter().map(line).collect::<Result<Vec<_>, _>>()?;
    let zones =
        zones.into_iter().map(|z| SelectOption::new(z.id, format!("{} · {}", z.code, z.name), zone == Some(z.id)));
    let zones = zones.collect();
    render_page(Sales { page, context, days, booths, totals, total, zones, zone, next, queried, more_queried }).await
}
