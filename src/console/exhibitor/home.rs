//! `/my/{organisation}`: open tasks: offers to accept, sales reports due, and the state of applications.
use std::collections::{HashMap, HashSet};

use actix_web::{HttpResponse, get};
use askama::Template;

use super::{
    actions::Member,
    store::{self, MyApplication, MyBooth},
};
use crate::page_context::{PageContext, render_page, to_local};
use hoicho_core::{
    db::Tx,
    states::{AllocationState, ApplicationState, ReportState},
    values::{
        clock::{Day, Instant},
        ids::{BoothId, EditionId},
    },
};
use hoicho_fair::{
    editions::{
        self,
        store::{EditionRow, OpeningDayRow, Visibility},
    },
    organisations::{self, store::OrganisationRow},
    sales::lifecycle::is_reporting_open,
};
use hoicho_web::{http::Problem, identity::Permit};

/// Sales report due for a day.
struct DueReport {
    day: Day,
    amount: Option<i64>,
    is_queried: bool,
    is_today: bool,
}

/// A booth with its due reports.
struct BoothCard {
    booth: MyBooth,
    days: Vec<DueReport>,
    expires: Option<String>,
    is_reporting_open: bool,
}

impl BoothCard {
    fn is_offer(&self) -> bool {
        self.booth.state == AllocationState::Offered
    }
    fn accepts_reports(&self) -> bool {
        self.is_reporting_open && !self.days.is_empty()
    }
}

#[derive(Template)]
#[template(path = "exhibitor/home.html")]
struct Home {
    page: PageContext,
    organisation: OrganisationRow,
    booth_cards: Vec<BoothCard>,
    applications: Vec<MyApplication>,
    open_editions: Vec<(String, String)>,
}

impl Home {
    fn is_draft(&self, application: &MyApplication) -> bool {
        application.state == ApplicationState::Draft
    }
}

/// The booths with each day held of their editions.
fn days_held(tx: &mut Tx<'_>, booths: &[MyBooth], now: Instant) -> Result<HashSet<(BoothId, Day)>, Problem> {
    let mut editions: Vec<&EditionRow> = booths.iter().map(|b| &b.edition).collect();
    editions.sort_by_key(|e| e.id);
    editions.dedup_by_key(|e| e.id);
    let days = editions::store::list_days_of(tx, &editions.iter().map(|e| e.id).collect::<Vec<_>>())?;
    let mut held: HashMap<EditionId, Vec<Day>> = HashMap::new();
    for edition in editions {
        let own: Vec<OpeningDayRow> = days.iter().filter(|d| d.edition_id == edition.id).copied().collect();
        held.insert(edition.id, edition.days_held(&own, now)?);
    }
    let of_booth = |b: &MyBooth| {
        let (booth, days) = (b.booth, held.get(&b.edition.id).cloned().unwrap_or_default());
        days.into_iter().map(move |day| (booth, day))
    };
    Ok(booths.iter().flat_map(of_booth).collect())
}

/// An organisation's start page.
#[get("/my/{organisation}")]
pub(super) async fn show_my_home(page: PageContext, permit: Permit<Member>) -> Result<HttpResponse, Problem> {
    let now = page.now;
    let data = permit.read(move |tx, authorized| {
        let organisation = organisations::store::find(tx, authorized.organisation()?)?;
        let booths = store::booths(tx, organisation.id)?;
        let held = days_held(tx, &booths, authorized.now)?;
        let reports = store::reports(tx, &booths.iter().map(|b| b.booth).collect::<Vec<_>>())?;
        let mut days: HashMap<BoothId, Vec<Day>> = HashMap::new();
        for (booth, day) in store::occupied_days(tx, organisation.id)?.into_iter().filter(|day| held.contains(day)) {
            days.entry(booth).or_default().push(day);
        }
        days.values_mut().for_each(|days| days.sort());
        let open_editions = editions::store::list_page(tx, Visibility::Public(None), "", 500)?;
        Ok((store::applications(tx, organisation.id)?, organisation, booths, reports, days, open_editions))
    });
    let (applications, organisation, booths, reports, days, open_editions) = data.await?;
    let mut reported: HashMap<(BoothId, Day), (i64, bool)> = HashMap::new();
    for (booth, day, amount, state) in reports {
        reported.insert((booth, day), (amount, state == ReportState::Queried));
    }
    let to_card = |booth: MyBooth| {
        let today = to_local(&booth.edition.time_zone, &now).date();
        let due = |day: &Day| {
            let report = reported.get(&(booth.booth, *day));
            DueReport {
                day: *day,
                amount: report.map(|(amount, _)| *amount),
                is_queried: report.is_some_and(|(_, queried)| *queried),
                is_today: *day == today,
            }
        };
        let past_days = days.get(&booth.booth).into_iter().flatten();
        let expires = booth.expires_at.map(|at| page.date_time(&booth.edition.time_zone, &at));
        let is_reporting_open = is_reporting_open(booth.edition.phase(now));
        // Latest day first: it is the one to report.
        BoothCard { days: past_days.rev().map(due).collect(), expires, is_reporting_open, booth }
    };
    let booth_cards: Vec<BoothCard> = booths.into_iter().filter(|b| b.edition.state.is_open()).map(to_card).collect();
    let open_editions = open_editions.into_iter().filter(|e| e.accepts_applications(now)).map(|e| (e.slug, e.name));
    let open_editions = open_editions.collect();
    render_page(Home { page, organisation, booth_cards, applications, open_editions }).await
}
