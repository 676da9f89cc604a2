//! `/gate/{edition}`: visit counter.
use actix_web::{HttpResponse, get};
use askama::Template;

use crate::page_context::{PageContext, render_page};
use hoicho_fair::{
    editions::{self, store::EditionRow},
    visits::{self, store::GateRow},
};
use hoicho_web::{
    http::Problem,
    identity::{Action, OrganiserRole, Permit},
};

/// Permission to count visits.
struct CountVisits;
impl Action for CountVisits {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Gate];
}

#[derive(Template)]
#[template(path = "gate/counter.html")]
struct Counter {
    page: PageContext,
    edition: EditionRow,
    gates: Vec<GateRow>,
}

/// Shows the counter for the gates of an edition.
#[get("/gate/{edition}")]
pub(super) async fn show_counter(page: PageContext, permit: Permit<CountVisits>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        Ok((visits::store::find_gates(tx, edition.id)?, edition))
    });
    let (gates, edition) = data.await?;
    render_page(Counter { page, edition, gates }).await
}
