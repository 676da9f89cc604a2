//! `/apply/{edition}`: starts an application: selects the organisation and the number of booths.
use actix_web::{HttpResponse, get};
use askama::Template;

use crate::{
    page_context::{PageContext, render_page},
    select_options::{SelectOption, select},
};
use hoicho_fair::{
    editions::{self, store::EditionRow},
    floor::BoothCategory,
};
use hoicho_web::{http::Problem, identity::ReadPermit};

#[derive(Template)]
#[template(path = "exhibitor/apply.html")]
struct Apply {
    page: PageContext,
    edition: EditionRow,
    organisations: Vec<SelectOption>,
    categories: Vec<SelectOption>,
    is_open: bool,
}

/// Shows the first step, which creates the draft.
#[get("/apply/{edition}")]
pub(super) async fn show_apply(page: PageContext, permit: ReadPermit) -> Result<HttpResponse, Problem> {
    let organisations: Vec<SelectOption> = page
        .require_user()?
        .organisations
        .iter()
        .map(|(id, name)| SelectOption::new(id, name.clone(), false))
        .collect();
    let edition = permit.read(|tx, authorized| Ok(editions::store::find(tx, authorized.edition()?)?)).await?;
    let categories = select::<BoothCategory>(&page, "booth-category", Some(&BoothCategory::Standard));
    let is_open = edition.accepts_applications(page.now);
    render_page(Apply { page, edition, organisations, categories, is_open }).await
}
