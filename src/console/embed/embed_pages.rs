//! Embeddable pages: floor plan and exhibitor list.
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;

use super::embed_theme::EmbedTheme;
use crate::{
    floor_plan_view::FloorPlanView,
    page_context::{PageContext, render_page},
    visitor::exhibitors::{ExhibitorLine, all_exhibitors},
};
use hoicho_fair::{
    editions::{self, store::EditionRow},
    floor,
};
use hoicho_web::identity::RequestContext;
use hoicho_web::{
    http::{Problem, Query},
    identity::ReadPermit,
};

#[derive(Template)]
#[template(path = "embed/floor_plan.html")]
struct PlanFrame {
    s: PageContext,
    look: EmbedTheme,
    base: String,
    edition: EditionRow,
    picture: FloorPlanView,
}

/// Embeddable floor plan.
#[get("/embed/{edition}/plan")]
pub(super) async fn frame_plan(
    req: HttpRequest,
    s: PageContext,
    permit: ReadPermit,
    context: web::Data<RequestContext>,
    query: Query<EmbedTheme>,
) -> Result<HttpResponse, Problem> {
    let look = query.into_result()?.validate()?;
    let data = permit.read(|tx, granted| {
        let edition = editions::store::find(tx, granted.edition()?)?;
        let plan = floor::floor_plan::load(tx, edition.id)?;
        Ok((edition, plan))
    });
    let (edition, plan) = data.await?;
    let (s, base) = (look.apply_language(s), context.base_url(&req));
    render_page(&PlanFrame { s, look, base, edition, picture: FloorPlanView::for_visitors(plan) })
}

#[derive(Template)]
#[template(path = "embed/exhibitors.html")]
struct ExhibitorsFrame {
    s: PageContext,
    look: EmbedTheme,
    base: String,
    edition: EditionRow,
    lines: Vec<ExhibitorLine>,
}

/// Embeddable exhibitor list.
#[get("/embed/{edition}/exhibitors")]
pub(super) async fn frame_exhibitors(
    req: HttpRequest,
    s: PageContext,
    permit: ReadPermit,
    context: web::Data<RequestContext>,
    query: Query<EmbedTheme>,
) -> Result<HttpResponse, Problem> {
    let look = query.into_result()?.validate()?;
    let data = permit.read(|tx, granted| {
        let edition = editions::store::find(tx, granted.edition()?)?;
        let lines = all_exhibitors(tx, edition.id)?;
        Ok((edition, lines))
    });
    let (edition, lines) = data.await?;
    let (s, base) = (look.apply_language(s), context.base_url(&req));
    render_page(&ExhibitorsFrame { s, look, base, edition, lines })
}
