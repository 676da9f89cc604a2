//! `/home`: start page of a user: editions of their organisers, and their exhibitors.
use actix_web::{HttpResponse, get, web};
use askama::Template;

use crate::{
    page_context::{PageContext, render_page},
    visitor::editions::{EditionCard, edition_cards},
};
use hoicho_core::values::ids::OrganiserId;
use hoicho_fair::editions::store::Visibility;
use hoicho_web::{
    http::Problem,
    identity::{OrganiserRole, RequestContext},
};

/// An organiser with its editions.
struct OrganiserCard {
    id: OrganiserId,
    name: String,
    role: OrganiserRole,
    editions: Vec<EditionCard>,
}

impl OrganiserCard {
    fn is_gate(&self) -> bool {
        self.role == OrganiserRole::Gate
    }
}

#[derive(Template)]
#[template(path = "account/home.html")]
struct Home {
    page: PageContext,
    organisers: Vec<OrganiserCard>,
}

/// Shows the start page.
#[get("/home")]
pub(super) async fn show_home(page: PageContext, context: web::Data<RequestContext>) -> Result<HttpResponse, Problem> {
    let organisers = page.require_user()?.organisers.clone();
    let cards = context.db.read(move |tx| {
        let card = |(id, name, role)| {
            Ok(OrganiserCard { id, name, role, editions: edition_cards(tx, Visibility::Staff(id))? })
        };
        organisers.into_iter().map(card).collect::<Result<Vec<_>, Problem>>()
    });
    let organisers = cards.await?;
    render_page(Home { page, organisers }).await
}
