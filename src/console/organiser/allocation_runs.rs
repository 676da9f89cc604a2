//! `/manage/{edition}/allocation-runs`: allocation runs: start a run, review its proposal, apply it.
use actix_web::{HttpResponse, get};
use askama::Template;

use super::edition_context::{EditionContext, Tab, ViewEdition};
use crate::page_context::{PageContext, render_page};
use hoicho_core::{i18n::format, states::RunState};
use hoicho_fair::allocation::runs::store::{self, AllocationRunRow};
use hoicho_web::{http::Problem, identity::Permit};

/// Max runs shown.
const MAX_RUNS: i64 = 30;

#[derive(Template)]
#[template(path = "organiser/allocation_runs.html")]
struct AllocationRuns {
    page: PageContext,
    context: EditionContext,
    runs: Vec<AllocationRunRow>,
}

impl AllocationRuns {
    fn date_time(&self, run: &AllocationRunRow) -> String {
        self.page.date_time(&self.context.edition.time_zone, &run.created_at)
    }
    fn gap(&self, run: &AllocationRunRow) -> Option<String> {
        run.gap_ppm.map(|ppm| format!("{} %", format::fraction(self.page.language(), i64::from(ppm), 4)))
    }
    fn can_apply(&self, run: &AllocationRunRow) -> bool {
        self.context.can_manage && run.state == RunState::Proposed
    }
    fn has_running(&self) -> bool {
        self.runs.iter().any(|r| r.state == RunState::Running)
    }
}

/// Shows the allocation runs, latest first.
#[get("/manage/{edition}/allocation-runs")]
pub(super) async fn show_allocation_runs(
    page: PageContext,
    permit: Permit<ViewEdition>,
) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let context = EditionContext::load(tx, &authorized, Tab::FloorPlan)?;
        Ok((store::page(tx, context.edition.id, None, MAX_RUNS)?, context))
    });
    let (runs, context) = data.await?;
    render_page(&AllocationRuns { page, context, runs })
}
