//! `/manage/{edition}/rounds`: whole rounds of allocation: start one, look at what it proposes, carry it out.
use actix_web::{HttpResponse, get};
use askama::Template;

use super::desk::{Desk, SeeFair, Tab};
use crate::shell::{Shell, page};
use hoicho_core::i18n::numbers;
use hoicho_fair::allocation::rounds::store::{self, RunRow, RunState};
use hoicho_web::{http::Problem, identity::Permit};

/// Rounds shown.
const SHOWN: i64 = 30;

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

/// The rounds of an edition, the latest first.
#[get("/manage/{edition}/rounds")]
pub(super) async fn show_rounds(s: Shell, permit: Permit<SeeFair>) -> Result<HttpResponse, Problem> {
    let found = permit.read(|tx, granted| {
        let desk = Desk::find(tx, &granted, Tab::Plan)?;
        Ok((store::page(tx, desk.edition.id, None, SHOWN)?, desk))
    });
    let (runs, desk) = found.await?;
    page(&Rounds { s, desk, runs })
}
