//! What is unfinished in an edition, for the organiser to look at before the figures are frozen.
use std::collections::HashMap;

use actix_web::{HttpResponse, get};
use serde::Serialize;

use super::{
    compute,
    figures::Figures,
    store::{self, SaleFact},
};
use crate::sales::plausibility;
use hoicho_core::{
    db::Tx,
    states::{AllocationState, ReportState},
    values::{
        clock::Day,
        ids::{BoothId, ExhibitorId},
    },
};
use hoicho_web::{
    http::Problem,
    identity::{Action, Authorized, KeyScope, OrganiserRole, Permit},
};

/// Reports of one kind that are listed.
const MAX_LISTED: usize = 50;

struct ReadUnfinished;
impl Action for ReadUnfinished {
    const KEY: Option<KeyScope> = Some(KeyScope::ReadFigures);
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}

/// A booth and day with an unfinished sales report.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct UnfinishedReport {
    /// The booth.
    #[schema(value_type = uuid::Uuid)]
    pub booth: BoothId,
    /// Its code.
    pub code: String,
    /// The opening day.
    #[schema(value_type = chrono::NaiveDate)]
    pub day: Day,
    /// Main exhibitor of that day.
    pub exhibitor: String,
}

/// Reports of one kind: their number, and the first 50.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
pub struct UnfinishedReports {
    /// Number of all such reports.
    pub count: usize,
    /// At most 50 of them.
    pub first: Vec<UnfinishedReport>,
}

/// What is unfinished. Only days to come prevent finalising.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Unfinished {
    /// Opening days that are not over.
    #[schema(value_type = Vec<chrono::NaiveDate>)]
    pub days_to_come: Vec<Day>,
    /// Due and not received.
    pub missing_reports: UnfinishedReports,
    /// Queried by staff and not corrected.
    pub queried_reports: UnfinishedReports,
    /// With an amount far from what is usual for the booth, and not accepted by staff.
    pub unusual_reports: UnfinishedReports,
    /// Holds and offers that would stay without an answer.
    pub open_allocations: i64,
    /// Submitted applications without a decision.
    pub open_applications: i64,
    /// Days held without a visit counted, if visits were counted on others.
    #[schema(value_type = Vec<chrono::NaiveDate>)]
    pub days_without_visits: Vec<Day>,
}

impl Unfinished {
    /// Whether nothing is left to do.
    pub fn is_empty(&self) -> bool {
        let reports = [&self.missing_reports, &self.queried_reports, &self.unusual_reports];
        self.days_to_come.is_empty()
            && reports.iter().all(|reports| reports.count == 0)
            && self.open_allocations == 0
            && self.open_applications == 0
            && self.days_without_visits.is_empty()
    }
}

/// Returns what is unfinished in an edition: look at it before finalising.
///
/// Staff of the organiser other than gate staff, and API keys with `read:figures`; in every state of the edition. Changes
/// nothing.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/unfinished",
    tag = "statistics",
    security(("session" = []), ("api_key" = ["read:figures"])),
    params(("edition" = String, Path)),
    responses(
        (status = 200, body = Unfinished),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/unfinished")]
pub(super) async fn get_unfinished(permit: Permit<ReadUnfinished>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(permit.read(|tx, authorized| find_unfinished(tx, &authorized)).await?))
}

/// What is unfinished in the edition that was authorized.
pub fn find_unfinished(tx: &mut Tx<'_>, authorized: &Authorized) -> Result<Unfinished, Problem> {
    let edition = authorized.edition()?;
    let figures = compute::load_figures(tx, edition, authorized.now)?;
    let sales = store::find_sales(tx, edition)?;
    let missing: Vec<_> = figures.missing_reports().into_iter().map(|(booth, day, _)| (booth.id, day)).collect();
    let queried = sales.iter().filter(|s| s.state == ReportState::Queried).map(|s| (s.booth, s.day));
    let is_over = figures.edition.schedule.is_over(authorized.now);
    let visits = &figures.visits_by_day;
    let without_visits =
        figures.held.iter().copied().filter(|day| visits.get(day).is_none_or(|(entries, _)| *entries == 0));
    Ok(Unfinished {
        days_to_come: if is_over { Vec::new() } else { days_to_come(&figures)? },
        missing_reports: listed(&figures, missing),
        queried_reports: listed(&figures, queried.collect()),
        unusual_reports: listed(&figures, find_unusual(&figures, &sales)),
        open_allocations: store::count_allocations(tx, edition, &[AllocationState::Held, AllocationState::Offered])?,
        open_applications: store::count_submitted_applications(tx, edition)?,
        days_without_visits: if figures.hours.is_empty() { Vec::new() } else { without_visits.collect() },
    })
}

/// The opening days that are not over.
fn days_to_come(figures: &Figures) -> Result<Vec<Day>, Problem> {
    let local = figures.edition.local_time(figures.at)?;
    Ok(figures.days.iter().filter(|d| d.day.and_time(d.closes_at) > local).map(|d| d.day).collect())
}

fn listed(figures: &Figures, reports: Vec<(BoothId, Day)>) -> UnfinishedReports {
    let codes: HashMap<BoothId, &str> = figures.booths.iter().map(|b| (b.id, b.code.as_str())).collect();
    let count = reports.len();
    let to_report = |(booth, day): (BoothId, Day)| UnfinishedReport {
        booth,
        code: codes.get(&booth).copied().unwrap_or_default().to_owned(),
        day,
        exhibitor: figures.due.get(&(booth, day)).map(|main| figures.name_of(*main)).unwrap_or_default().to_owned(),
    };
    UnfinishedReports { count, first: reports.into_iter().take(MAX_LISTED).map(to_report).collect() }
}

/// Booths and days whose amount is unusual by the booth's other reports of the same exhibitor, and was not accepted.
fn find_unusual(figures: &Figures, sales: &[SaleFact]) -> Vec<(BoothId, Day)> {
    let mut by_seller: HashMap<(BoothId, Option<ExhibitorId>), Vec<&SaleFact>> = HashMap::new();
    for sale in sales {
        let main = figures.due.get(&(sale.booth, sale.day)).copied();
        by_seller.entry((sale.booth, main)).or_default().push(sale);
    }
    let is_unusual = |sale: &&SaleFact| {
        let main = figures.due.get(&(sale.booth, sale.day)).copied();
        let reports = by_seller.get(&(sale.booth, main)).map(Vec::as_slice).unwrap_or_default();
        let others: Vec<i64> = reports.iter().filter(|other| other.day != sale.day).map(|other| other.amount).collect();
        plausibility::warning(sale.amount, &others, &figures.edition.currency).is_some()
    };
    let open = sales.iter().filter(|sale| match sale.state {
        ReportState::Accepted => false,
        ReportState::Submitted | ReportState::Queried | ReportState::Corrected => true,
    });
    let mut unusual: Vec<(BoothId, Day)> = open.filter(is_unusual).map(|sale| (sale.booth, sale.day)).collect();
    unusual.sort_by_key(|(_, day)| *day);
    unusual
}
