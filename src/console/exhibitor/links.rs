//! `/my/{organisation}/links`: the organisers that an organisation is linked with.
use actix_web::{HttpResponse, get};
use askama::Template;

use super::actions::Member;
use crate::page_context::{PageContext, render_page};
use hoicho_fair::{
    links::store::{self, Link},
    organisations::{self, store::OrganisationRow},
};
use hoicho_web::{
    http::Problem,
    identity::{OrganisationRole, Permit, members},
};

#[derive(Template)]
#[template(path = "exhibitor/links.html")]
struct Links {
    page: PageContext,
    organisation: OrganisationRow,
    links: Vec<Link>,
    is_owner: bool,
}

/// Shows the links.
#[get("/my/{organisation}/links")]
pub(super) async fn show_links(page: PageContext, permit: Permit<Member>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let organisation = organisations::store::find(tx, authorized.organisation()?)?;
        let members = members::list_of_organisation(tx, organisation.id)?;
        let is_owner = members.iter().any(|m| Some(m.user) == authorized.user && m.role == OrganisationRole::Owner);
        Ok((store::find_links(tx, organisation.id)?, organisation, is_owner))
    });
    let (links, organisation, is_owner) = data.await?;
    render_page(Links { page, organisation, links, is_owner }).await
}
