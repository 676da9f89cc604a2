//! `/apply/{edition}`: starts an application: selects the exhibitor and the number of booths.
use actix_web::{HttpResponse, get};
use askama::Template;

use crate::{
    choice::{Choice, of_set},
    shell::{Shell, page},
};
use hoicho_fair::{
    editions::{self, EditionState, store::EditionRow},
    floor::BoothCategory,
};
use hoicho_web::{http::Problem, identity::View};

#[derive(Template)]
#[template(path = "exhibitor/apply.html")]
struct Apply {
    s: Shell,
    edition: EditionRow,
    exhibitors: Vec<Choice>,
    categories: Vec<Choice>,
    is_open: bool,
}

/// Shows the first step, which creates the draft.
#[get("/apply/{edition}")]
pub(super) async fn show_apply(s: Shell, permit: View) -> Result<HttpResponse, Problem> {
    let exhibitors: Vec<Choice> =
        s.reader()?.exhibitors.iter().map(|(id, name)| Choice::new(id, name.clone(), false)).collect();
    let edition = permit.read(|tx, granted| Ok(editions::store::find(tx, granted.edition()?)?)).await?;
    let categories = of_set::<BoothCategory>(&s, "booth-category", Some(&BoothCategory::Standard));
    let is_open = edition.state == EditionState::RegistrationOpen;
    page(&Apply { s, edition, exhibitors, categories, is_open })
}
