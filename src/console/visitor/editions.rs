//! `/`: list of editions.
use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::store;
use crate::page_context::{PageContext, render_page};
use hoicho_core::{db::Tx, values::clock::Day};
use hoicho_fair::{
    editions::{
        self,
        store::{EditionRow, Visibility},
    },
    venues,
};
use hoicho_web::{http::Problem, identity::RequestContext};

/// Summary of an edition.
pub(crate) struct EditionCard {
    pub edition: EditionRow,
    pub place: Option<String>,
    pub days: Option<(Day, Day)>,
}

impl EditionCard {
    /// Formats the dates in the language of the page.
    pub fn dates(&self, page: &PageContext) -> String {
        match self.days {
            Some((first, last)) => hoicho_core::i18n::format::date_range(page.language(), first, last),
            None => page.t("edition-no-days"),
        }
    }
}

/// Loads edition cards, latest first.
pub(crate) fn edition_cards(tx: &mut Tx<'_>, listed: Visibility) -> Result<Vec<EditionCard>, Problem> {
    let rows = editions::store::list_page(tx, listed, "", 500)?;
    let spans = store::opening_periods(tx, &rows.iter().map(|r| r.id).collect::<Vec<_>>())?;
    let venues = venues::store::list_by_ids(tx, &rows.iter().filter_map(|r| r.venue_id).collect::<Vec<_>>())?;
    let mut cards: Vec<EditionCard> = rows
        .into_iter()
        .map(|row| EditionCard {
            place: venues.iter().find(|v| Some(v.id) == row.venue_id).map(|v| format!("{}, {}", v.name, v.address)),
            days: spans.get(&row.id).copied(),
            edition: row,
        })
        .collect();
    cards.sort_by_key(|c| std::cmp::Reverse(c.days));
    Ok(cards)
}

#[derive(Template)]
#[template(path = "visitor/editions.html")]
struct Editions {
    page: PageContext,
    upcoming: Vec<EditionCard>,
    past: Vec<EditionCard>,
}

/// Shows the public editions.
#[get("/")]
pub(super) async fn show_editions(
    page: PageContext,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    let cards = context.db.read(|tx| edition_cards(tx, Visibility::Public(None))).await?;
    let (upcoming, past) = cards.into_iter().partition(|c| c.edition.state.is_open());
    render_page(Editions { page, upcoming, past }).await
}
