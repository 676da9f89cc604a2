//! `/manage/{edition}/finalise`: what is unfinished, and the form that freezes the figures.
use actix_web::{HttpResponse, get};
use askama::Template;

use super::edition_context::{EditionContext, Tab, ViewEdition};
use crate::page_context::{PageContext, render_page};
use hoicho_core::values::clock::Day;
use hoicho_fair::statistics::{Unfinished, UnfinishedReports, find_unfinished};
use hoicho_web::{http::Problem, identity::Permit};

#[derive(Template)]
#[template(path = "organiser/finalise.html")]
struct Finalise {
    page: PageContext,
    context: EditionContext,
    unfinished: Unfinished,
}

impl Finalise {
    /// The kinds of unfinished reports: message key of the number, and the reports.
    fn reports(&self) -> Vec<(&'static str, &UnfinishedReports)> {
        let kinds = [
            ("finalise-missing", &self.unfinished.missing_reports),
            ("finalise-queried", &self.unfinished.queried_reports),
            ("finalise-unusual", &self.unfinished.unusual_reports),
        ];
        kinds.into_iter().filter(|(_, reports)| reports.count > 0).collect()
    }
    fn days(&self, days: &[Day]) -> String {
        days.iter().map(|day| self.page.short_date(day)).collect::<Vec<_>>().join(", ")
    }
    fn more(&self, reports: &UnfinishedReports) -> usize {
        reports.count.saturating_sub(reports.first.len())
    }
}

/// Shows what is unfinished.
#[get("/manage/{edition}/finalise")]
pub(super) async fn show_finalise(page: PageContext, permit: Permit<ViewEdition>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        Ok((EditionContext::load(tx, &authorized, Tab::Reports)?, find_unfinished(tx, &authorized)?))
    });
    let (context, unfinished) = data.await?;
    render_page(Finalise { page, context, unfinished }).await
}
