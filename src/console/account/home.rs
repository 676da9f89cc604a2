//! `/home`: start page of a user: editions of their organisers, and their exhibitors.
use actix_web::{HttpResponse, get, web};
use askama::Template;

use crate::{
    page_context::{EditionRole, PageContext, render_page},
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
    /// The role counts for these editions only.
    is_limited: bool,
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
    let user = page.require_user()?.clone();
    let cards = context.db.read(move |tx| {
        let mut cards = Vec::new();
        for (id, name, role) in user.organisers {
            let editions = edition_cards(tx, Visibility::Staff(id))?;
            cards.push(OrganiserCard { id, name, role, is_limited: false, editions });
        }
        for EditionRole { organiser, name, role, edition } in user.edition_roles {
            let mut editions = edition_cards(tx, Visibility::Staff(organiser))?;
            editions.retain(|card| card.edition.id == edition);
            cards.push(OrganiserCard { id: organiser, name, role, is_limited: true, editions });
        }
        Ok::<_, Problem>(cards)
    });
    let organisers = cards.await?;
    render_page(Home { page, organisers }).await
}
