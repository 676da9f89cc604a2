//! Embeddable pages: floor plan and exhibitor list.
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;

use super::look::Look;
use crate::{
    plan::Picture,
    shell::{Shell, page},
    visitor::exhibitors::{Line, everybody},
};
use hoicho_fair::{
    editions::{self, store::EditionRow},
    floor,
};
use hoicho_web::identity::RequestContext;
use hoicho_web::{
    http::{Problem, Query},
    identity::View,
};

#[derive(Template)]
#[template(path = "embed/floor_plan.html")]
struct PlanFrame {
    s: Shell,
    look: Look,
    base: String,
    edition: EditionRow,
    picture: Picture,
}

/// Embeddable floor plan.
#[get("/embed/{edition}/plan")]
pub(super) async fn frame_plan(
    req: HttpRequest,
    s: Shell,
    permit: View,
    context: web::Data<RequestContext>,
    query: Query<Look>,
) -> Result<HttpResponse, Problem> {
    let look = query.get()?.checked()?;
    let data = permit.read(|tx, granted| {
        let edition = editions::store::find(tx, granted.edition()?)?;
        let plan = floor::store::plan_of(tx, edition.id)?;
        Ok((edition, plan))
    });
    let (edition, plan) = data.await?;
    let (s, base) = (look.dress(s), context.base_url(&req));
    page(&PlanFrame { s, look, base, edition, picture: Picture::for_visitors(plan) })
}

#[derive(Template)]
#[template(path = "embed/exhibitors.html")]
struct ExhibitorsFrame {
    s: Shell,
    look: Look,
    base: String,
    edition: EditionRow,
    lines: Vec<Line>,
}

/// Embeddable exhibitor list.
#[get("/embed/{edition}/exhibitors")]
pub(super) async fn frame_exhibitors(
    req: HttpRequest,
    s: Shell,
    permit: View,
    context: web::Data<RequestContext>,
    query: Query<Look>,
) -> Result<HttpResponse, Problem> {
    let look = query.get()?.checked()?;
    let data = permit.read(|tx, granted| {
        let edition = editions::store::find(tx, granted.edition()?)?;
        let lines = everybody(tx, edition.id)?;
        Ok((edition, lines))
    });
    let (edition, lines) = data.await?;
    let (s, base) = (look.dress(s), context.base_url(&req));
    page(&ExhibitorsFrame { s, look, base, edition, lines })
}
