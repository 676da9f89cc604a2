//! `/manage/{edition}/rounds`: allocation runs: start a run, review its proposal, apply it.
use actix_web::{HttpResponse, get};
use askama::Template;

use super::desk::{Desk, SeeFair, Tab};
use crate::shell::{Shell, page};
use hoicho_core::i18n::numbers;
use hoicho_fair::allocation::rounds::store::{self, RunRow, RunState};
use hoicho_web::{http::Problem, identity::Permit};

/// Maximum number of runs shown.
const MAX_RUNS: i64 = 30;

#[derive(Template)]
#[template(path = "organiser/rounds.html")]
struct Rounds {
    s: Shell,
    desk: Desk,
    runs: Vec<RunRow>,
}

impl Rounds {
    fn at(&self, run: &RunRow) -> String {
        self.s.moment(&self.desk.edition.time_zone, &run.created_at)
    }
    fn gap(&self, run: &RunRow) -> Option<String> {
        run.gap_ppm.map(|ppm| format!("{} %", numbers::fraction(self.s.words.0, i64::from(ppm), 4)))
    }
    fn may_apply(&self, run: &RunRow) -> bool {
        self.desk.can_manage && run.state == RunState::Proposed
    }
    fn any_running(&self) -> bool {
        self.runs.iter().any(|r| r.state == RunState::Running)
    }
}

/// Shows the allocation runs, latest first.
#[get("/manage/{edition}/rounds")]
pub(super) async fn show_rounds(s: Shell, permit: Permit<SeeFair>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, granted| {
        let desk = Desk::find(tx, &granted, Tab::Plan)?;
        Ok((store::page(tx, desk.edition.id, None, MAX_RUNS)?, desk))
    });
    let (runs, desk) = data.await?;
    page(&Rounds { s, desk, runs })
}
