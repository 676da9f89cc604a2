//! `/manage/{edition}/allocation-runs`: allocation runs: start a run, review whom its proposal would move, apply it.
use actix_web::{HttpResponse, get, web};
use askama::Template;
use strum::VariantArray;

use super::edition_context::{EditionContext, Tab, ViewEdition};
use crate::{
    confirmation::list_names,
    page_context::{PageContext, render_page},
    select_options::SelectOption,
};
use hoicho_core::{i18n::format, states::RunState, values::ids::AllocationRunId};
use hoicho_fair::allocation::runs::{
    MayMove,
    preview::{self, Preview},
    store::{self, AllocationRunRow},
};
use hoicho_web::{http::Problem, identity::Permit};

/// Max runs shown.
const MAX_RUNS: i64 = 30;

#[derive(Template)]
#[template(path = "organiser/allocation_runs.html")]
struct AllocationRuns {
    page: PageContext,
    context: EditionContext,
    runs: Vec<AllocationRunRow>,
    may_move: Vec<SelectOption>,
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
    let option =
        |state: &MayMove| SelectOption::new(state, page.t_value("runs-may-move", state), *state == MayMove::Held);
    let may_move = MayMove::VARIANTS.iter().map(option).collect();
    render_page(AllocationRuns { page, context, runs, may_move }).await
}

#[derive(Template)]
#[template(path = "organiser/allocation_run.html")]
struct AllocationRun {
    page: PageContext,
    context: EditionContext,
    run: AllocationRunRow,
    preview: Preview,
}

impl AllocationRun {
    fn can_apply(&self) -> bool {
        self.context.can_manage && self.run.state == RunState::Proposed
    }
    /// Question before the proposal is applied: what changes for whom.
    fn question(&self) -> String {
        let Self { page, preview, .. } = self;
        let booths = page.integer(preview.given);
        let exhibitors = page.integer(preview.exhibitors);
        let mut lines = vec![page.t("runs-apply-ask")];
        lines.push(page.t_with2("runs-given", "booths", booths, "exhibitors", exhibitors));
        lines.push(page.t_count("runs-apply-mail", preview.exhibitors));
        for (key, loses) in [("runs-will-move", false), ("runs-will-lose", true)] {
            let concerned = preview.moves.iter().filter(|m| m.after.is_empty() == loses);
            let names: Vec<String> = concerned.map(|m| m.exhibitor_name.clone()).collect();
            if !names.is_empty() {
                lines.push(format!("{} {}", page.t_count(key, names.len()), list_names(page, &names)));
            }
        }
        lines.join("\n")
    }
}

/// Shows whom a proposal would move, and the form that applies it.
#[get("/manage/{edition}/allocation-runs/{run}")]
pub(super) async fn show_allocation_run(
    page: PageContext,
    permit: Permit<ViewEdition>,
    path: web::Path<(String, AllocationRunId)>,
) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let data = permit.read(move |tx, authorized| {
        let context = EditionContext::load(tx, &authorized, Tab::FloorPlan)?;
        let run = store::find(tx, context.edition.id, id)?;
        let preview = preview::preview(tx, context.edition.id, id, authorized.now)?;
        Ok((context, run, preview))
    });
    let (context, run, preview) = data.await?;
    render_page(AllocationRun { page, context, run, preview }).await
}
