//! `/gate/{edition}`: the counter.
use actix_web::{HttpResponse, get};
use askama::Template;

use crate::shell::{Shell, page};
use hoicho_fair::{
    editions::{self, store::EditionRow},
    visits::{self, store::GateRow},
};
use hoicho_web::{
    http::Problem,
    identity::{Action, OrganiserRole, Permit},
};

/// Whoever may count.
struct Count;
impl Action for Count {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Gate];
}

#[derive(Template)]
#[template(path = "gate/counter.html")]
struct Counter {
    s: Shell,
    edition: EditionRow,
    gates: Vec<GateRow>,
}

/// The counter of an edition's gates.
#[get("/gate/{edition}")]
pub(super) async fn show_counter(s: Shell, permit: Permit<Count>) -> Result<HttpResponse, Problem> {
    let found = permit.read(|tx, granted| {
        let edition = editions::store::find(tx, granted.edition()?)?;
        Ok((visits::store::gates_of(tx, edition.id)?, edition))
    });
    let (gates, edition) = found.await?;
    page(&Counter { s, edition, gates })
}
