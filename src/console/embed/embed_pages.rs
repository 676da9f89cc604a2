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
use hoicho_web::{
    http::{Problem, Query},
    identity::{ReadPermit, RequestContext},
};

#[derive(Template)]
#[template(path = "embed/floor_plan.html")]
struct EmbeddedFloorPlan {
    page: PageContext,
    theme: EmbedTheme,
    base: String,
    edition: EditionRow,
    plan: FloorPlanView,
}

/// Embeddable floor plan.
#[get("/embed/{edition}/plan")]
pub(super) async fn embed_floor_plan(
    req: HttpRequest,
    page: PageContext,
    permit: ReadPermit,
    context: web::Data<RequestContext>,
    query: Query<EmbedTheme>,
) -> Result<HttpResponse, Problem> {
    let theme = query.into_result()?.validate()?;
    let data = permit.read(|tx, authorized| {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        let plan = floor::floor_plan::load(tx, edition.id)?;
        Ok((edition, plan))
    });
    let (edition, plan) = data.await?;
    let (page, base) = (theme.apply_language(page), context.base_url(&req));
    render_page(EmbeddedFloorPlan { page, theme, base, edition, plan: FloorPlanView::for_visitors(plan) }).await
}

#[derive(Template)]
#[template(path = "embed/exhibitors.html")]
struct EmbeddedExhibitors {
    page: PageContext,
    theme: EmbedTheme,
    base: String,
    edition: EditionRow,
    exhibitors: Vec<ExhibitorLine>,
}

/// Embeddable exhibitor list.
#[get("/embed/{edition}/exhibitors")]
pub(super) async fn embed_exhibitors(
    req: HttpRequest,
    page: PageContext,
    permit: ReadPermit,
    context: web::Data<RequestContext>,
    query: Query<EmbedTheme>,
) -> Result<HttpResponse, Problem> {
    let theme = query.into_result()?.validate()?;
    let data = permit.read(|tx, authorized| {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        let exhibitors = all_exhibitors(tx, edition.id)?;
        Ok((edition, exhibitors))
    });
    let (edition, exhibitors) = data.await?;
    let (page, base) = (theme.apply_language(page), context.base_url(&req));
    render_page(EmbeddedExhibitors { page, theme, base, edition, exhibitors }).await
}
