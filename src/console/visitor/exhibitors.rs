//! `/fairs/{edition}/exhibitors`: exhibitor list with search by product, name, booth and locality.
use std::collections::BTreeMap;

use actix_web::{HttpResponse, get};
use askama::Template;
use serde::Deserialize;

use super::store::{self, LetBooth, ListedProduct};
use crate::page_context::{PageContext, render_page};
use hoicho_core::{
    db::Tx,
    i18n::collation,
    values::{
        ids::{EditionId, ExhibitorId},
        text::normalize_for_search,
    },
};
use hoicho_fair::editions::{self, store::EditionRow};
use hoicho_web::{
    http::{Problem, Query},
    identity::ReadPermit,
};

/// An exhibitor in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExhibitorLine {
    pub exhibitor: ExhibitorId,
    pub name: String,
    pub locality: String,
    pub booths: Vec<String>,
    zone: String,
    /// Matching products first.
    pub products: Vec<(String, Option<i32>)>,
    more_products: usize,
    /// Search rank: 3 product, 2 name or booth, 1 locality, 0 no match.
    rank: u8,
}

/// Max products shown per exhibitor.
const MAX_PRODUCTS: usize = 4;

/// Exhibitors that match the search, best rank first; all exhibitors if it is empty. Vietnamese collation order.
fn search(let_booths: Vec<LetBooth>, products: Vec<ListedProduct>, search_term: &str) -> Vec<ExhibitorLine> {
    let folded = normalize_for_search(search_term);
    let matches = |text: &str| !folded.is_empty() && normalize_for_search(text).contains(&folded);
    let mut products_by_exhibitor: BTreeMap<ExhibitorId, Vec<ListedProduct>> = BTreeMap::new();
    products.into_iter().for_each(|g| products_by_exhibitor.entry(g.exhibitor).or_default().push(g));
    let mut by_exhibitor: BTreeMap<ExhibitorId, ExhibitorLine> = BTreeMap::new();
    for let_booth in let_booths {
        let line = by_exhibitor.entry(let_booth.exhibitor).or_insert_with(|| {
            let mut products = products_by_exhibitor.remove(&let_booth.exhibitor).unwrap_or_default();
            products.sort_by_key(|g| (!matches(&g.name), std::cmp::Reverse(g.stars)));
            let rank = if products.first().is_some_and(|g| matches(&g.name)) { 3 } else { 0 };
            let more_products = products.len().saturating_sub(MAX_PRODUCTS);
            ExhibitorLine {
                exhibitor: let_booth.exhibitor,
                rank: rank.max(if matches(&let_booth.name) { 2 } else { u8::from(matches(&let_booth.locality)) }),
                name: let_booth.name,
                locality: let_booth.locality,
                booths: Vec::new(),
                zone: let_booth.zone,
                products: products.into_iter().take(MAX_PRODUCTS).map(|g| (g.name, g.stars)).collect(),
                more_products,
            }
        });
        if normalize_for_search(&let_booth.booth) == folded {
            line.rank = line.rank.max(2);
        }
        line.booths.push(let_booth.booth);
    }
    let mut exhibitors: Vec<ExhibitorLine> =
        by_exhibitor.into_values().filter(|l| folded.is_empty() || l.rank > 0).collect();
    exhibitors.sort_by(|a, b| b.rank.cmp(&a.rank).then_with(|| collation::compare_names(&a.name, &b.name)));
    exhibitors
}

/// Loads the exhibitors of an edition that match `question`.
fn find_exhibitors(tx: &mut Tx<'_>, edition: EditionId, search_term: &str) -> Result<Vec<ExhibitorLine>, Problem> {
    let let_booths = store::let_booths(tx, edition)?;
    let products = store::products_by_exhibitor(tx, edition)?;
    Ok(search(let_booths, products, search_term))
}

/// Loads all exhibitors of an edition.
pub(crate) fn all_exhibitors(tx: &mut Tx<'_>, edition: EditionId) -> Result<Vec<ExhibitorLine>, Problem> {
    find_exhibitors(tx, edition, "")
}

#[derive(Deserialize)]
struct SearchQuery {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "visitor/exhibitors.html")]
struct Exhibitors {
    page: PageContext,
    edition: EditionRow,
    search_term: String,
    exhibitors: Vec<ExhibitorLine>,
}

/// Shows the exhibitor list.
#[get("/fairs/{edition}/exhibitors")]
pub(super) async fn show_exhibitors(
    mut page: PageContext,
    permit: ReadPermit,
    query: Query<SearchQuery>,
) -> Result<HttpResponse, Problem> {
    let search_term: String = query.into_result()?.q.chars().take(100).collect();
    let search_text = search_term.clone();
    let data = permit.read(move |tx, authorized| {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        let exhibitors = find_exhibitors(tx, edition.id, &search_text)?;
        Ok((edition, exhibitors))
    });
    let (edition, exhibitors) = data.await?;
    page.set_edition(&edition.slug);
    render_page(Exhibitors { page, edition, search_term, exhibitors }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn let_booth(id: ExhibitorId, booth: &str, name: &str, locality: &str) -> LetBooth {
        LetBooth { booth: booth.into(), zone: "Z".into(), exhibitor: id, name: name.into(), locality: locality.into() }
    }

    #[test]
    fn search_ignores_accents_and_matches_products_names_booths_and_localities() {
        let [a, b] = [ExhibitorId::make(), ExhibitorId::make()];
        let let_booths = || {
            vec![
                let_booth(a, "A01", "HTX Đầm Hà", "Đầm Hà"),
                let_booth(a, "A02", "HTX Đầm Hà", "Đầm Hà"),
                let_booth(b, "B01", "Chả mực Hạ Long", "Hạ Long"),
            ]
        };
        let products = || {
            vec![
                ListedProduct { exhibitor: a, name: "Gà bản Đầm Hà".into(), stars: Some(4) },
                ListedProduct { exhibitor: b, name: "Chả mực".into(), stars: None },
            ]
        };
        let results =
            |q: &str| search(let_booths(), products(), q).into_iter().map(|l| (l.name, l.booths)).collect::<Vec<_>>();
        let dam_ha = ("HTX Đầm Hà".to_owned(), vec!["A01".to_owned(), "A02".to_owned()]);
        assert_eq!(results("dam ha"), std::slice::from_ref(&dam_ha));
        assert_eq!(results("a02"), [dam_ha]);
        assert_eq!(results("ha long").len(), 1);
        assert_eq!(results("CHA MUC").len(), 1);
        assert_eq!(results("").len(), 2);
        assert!(results("kẹo dừa").is_empty());
    }
}
