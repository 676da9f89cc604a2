//! `/organisers/{organiser}/exhibitors/{exhibitor}/merge`: chooses another record, shows what a merge moves, and asks.
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::exhibitors::ViewExhibitors;
use crate::page_context::{PageContext, render_page};
use hoicho_core::values::ids::{ExhibitorId, OrganiserId};
use hoicho_fair::{
    exhibitors::{self, search, store::ExhibitorRow},
    merges::preview::{MergePreview, preview},
    organisers::{self, store::OrganiserRow},
};
use hoicho_web::{
    http::{Problem, Query},
    identity::Permit,
};

/// Records listed to choose from.
const MAX_CHOICES: i64 = 20;

#[derive(Template)]
#[template(path = "organiser/exhibitor_merge.html")]
struct Merge {
    page: PageContext,
    organiser: OrganiserRow,
    exhibitor: ExhibitorRow,
    search_term: String,
    choices: Vec<ExhibitorRow>,
    preview: Option<MergePreview>,
}

impl Merge {
    fn path(&self) -> String {
        format!("/organisers/{}/exhibitors/{}", self.organiser.id, self.exhibitor.id)
    }
    /// Why the records cannot be merged, in the language of the page.
    fn obstacle(&self) -> Option<&str> {
        let obstacle = self.preview.as_ref()?.obstacle.as_ref()?;
        Some(obstacle.get(self.page.language()))
    }
}

#[derive(Deserialize)]
struct MergeQuery {
    #[serde(default)]
    q: String,
    exhibitor: Option<ExhibitorId>,
}

/// Shows the choice, or the preview of a merge.
#[get("/organisers/{organiser}/exhibitors/{exhibitor}/merge")]
pub(super) async fn show_merge(
    page: PageContext,
    permit: Permit<ViewExhibitors>,
    path: web::Path<(OrganiserId, ExhibitorId)>,
    query: Query<MergeQuery>,
) -> Result<HttpResponse, Problem> {
    let (id, MergeQuery { q, exhibitor: other }) = (path.1, query.into_result()?);
    let search_term: String = q.chars().filter(|c| !c.is_control()).take(100).collect();
    let terms = search::terms(&search_term);
    let data = permit.read(move |tx, authorized| {
        let organiser = organisers::store::find(tx, authorized.organiser()?)?;
        let exhibitor = exhibitors::store::find_of_organiser(tx, organiser.id, id)?;
        let found = exhibitors::find_by_words(tx, organiser.id, &terms, None, MAX_CHOICES)?;
        let choices: Vec<ExhibitorRow> = found.into_iter().map(|(_, row)| row).filter(|row| row.id != id).collect();
        let preview = other.map(|other| preview(tx, organiser.id, id, other)).transpose()?;
        Ok((organiser, exhibitor, choices, preview))
    });
    let (organiser, exhibitor, choices, preview) = data.await?;
    render_page(Merge { page, organiser, exhibitor, search_term, choices, preview }).await
}
