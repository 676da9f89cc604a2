//! `/my/{organisation}`: open tasks: offers to accept, sales reports due, and the state of applications.
use std::collections::HashMap;

use actix_web::{HttpResponse, get};
use askama::Template;

use super::{
    actions::Member,
    store::{self, MyApplication, MyBooth},
};
use crate::page_context::{PageContext, render_page, to_local};
use hoicho_core::{
    states::{AllocationState, ApplicationState, EditionState, ReportState},
    values::{clock::Day, ids::BoothId},
};
use hoicho_fair::{
    editions::{self, store::Visibility},
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
}

impl BoothCard {
    fn is_offer(&self) -> bool {
        self.booth.state == AllocationState::Offered
    }
    fn accepts_reports(&self) -> bool {
        !self.days.is_empty() && is_reporting_open(self.booth.edition_state)
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

/// An organisation's start page.
#[get("/my/{organisation}")]
pub(super) async fn show_my_home(page: PageContext, permit: Permit<Member>) -> Result<HttpResponse, Problem> {
    let now = page.now;
    let data = permit.read(move |tx, authorized| {
        let organisation = organisations::store::find(tx, authorized.organisation()?)?;
        let booths = store::booths(tx, organisation.id)?;
        let reports = store::reports(tx, &booths.iter().map(|b| b.booth).collect::<Vec<_>>())?;
        let mut days: HashMap<BoothId, Vec<Day>> = HashMap::new();
        for (booth, day) in store::occupied_days(tx, organisation.id)? {
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
        let today = to_local(&booth.time_zone, &now).date();
        let due = |day: &Day| {
            let report = reported.get(&(booth.booth, *day));
            DueReport {
                day: *day,
                amount: report.map(|(amount, _)| *amount),
                is_queried: report.is_some_and(|(_, queried)| *queried),
                is_today: *day == today,
            }
        };
        let past_days = days.get(&booth.booth).into_iter().flatten().filter(|day| **day <= today);
        let expires = booth.expires_at.map(|at| page.date_time(&booth.time_zone, &at));
        // Latest day first: it is the one to report.
        BoothCard { days: past_days.rev().map(due).collect(), expires, booth }
    };
    let booth_cards: Vec<BoothCard> = booths.into_iter().filter(|b| b.edition_state.is_open()).map(to_card).collect();
    let open_editions =
        open_editions.into_iter().filter(|e| e.state == EditionState::RegistrationOpen).map(|e| (e.slug, e.name));
    let open_editions = open_editions.collect();
    render_page(&Home { page, organisation, booth_cards, applications, open_editions })
}
