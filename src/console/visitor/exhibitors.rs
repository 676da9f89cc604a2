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
    pub goods: Vec<(String, Option<i32>)>,
    more_goods: usize,
    /// Search rank: 3 product, 2 name or booth, 1 locality, 0 no match.
    rank: u8,
}

/// Maximum number of products shown per exhibitor.
const MAX_PRODUCTS: usize = 4;

/// Exhibitors that match the search, best rank first; all exhibitors if it is empty. Vietnamese collation order.
fn search(stands: Vec<LetBooth>, goods: Vec<ListedProduct>, question: &str) -> Vec<ExhibitorLine> {
    let folded = normalize_for_search(question);
    let matches = |text: &str| !folded.is_empty() && normalize_for_search(text).contains(&folded);
    let mut goods_of: BTreeMap<ExhibitorId, Vec<ListedProduct>> = BTreeMap::new();
    goods.into_iter().for_each(|g| goods_of.entry(g.exhibitor).or_default().push(g));
    let mut by_exhibitor: BTreeMap<ExhibitorId, ExhibitorLine> = BTreeMap::new();
    for stand in stands {
        let line = by_exhibitor.entry(stand.exhibitor).or_insert_with(|| {
            let mut goods = goods_of.remove(&stand.exhibitor).unwrap_or_default();
            goods.sort_by_key(|g| (!matches(&g.name), std::cmp::Reverse(g.stars)));
            let rank = if goods.first().is_some_and(|g| matches(&g.name)) { 3 } else { 0 };
            let more_goods = goods.len().saturating_sub(MAX_PRODUCTS);
            ExhibitorLine {
                exhibitor: stand.exhibitor,
                rank: rank.max(if matches(&stand.name) { 2 } else { u8::from(matches(&stand.locality)) }),
                name: stand.name,
                locality: stand.locality,
                booths: Vec::new(),
                zone: stand.zone,
                goods: goods.into_iter().take(MAX_PRODUCTS).map(|g| (g.name, g.stars)).collect(),
                more_goods,
            }
        });
        if normalize_for_search(&stand.booth) == folded {
            line.rank = line.rank.max(2);
        }
        line.booths.push(stand.booth);
    }
    let mut lines: Vec<ExhibitorLine> =
        by_exhibitor.into_values().filter(|l| folded.is_empty() || l.rank > 0).collect();
    lines.sort_by(|a, b| b.rank.cmp(&a.rank).then_with(|| collation::compare_names(&a.name, &b.name)));
    lines
}

/// Loads the exhibitors of an edition that match `question`.
fn find_lines(tx: &mut Tx<'_>, edition: EditionId, question: &str) -> Result<Vec<ExhibitorLine>, Problem> {
    let stands = store::let_booths(tx, edition)?;
    let mut ids: Vec<_> = stands.iter().map(|s| s.exhibitor).collect();
    ids.sort();
    ids.dedup();
    let goods = store::products_by_exhibitor(tx, &ids)?;
    Ok(search(stands, goods, question))
}

/// Loads all exhibitors of an edition.
pub(crate) fn all_exhibitors(tx: &mut Tx<'_>, edition: EditionId) -> Result<Vec<ExhibitorLine>, Problem> {
    find_lines(tx, edition, "")
}

#[derive(Deserialize)]
struct SearchQuery {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "visitor/exhibitors.html")]
struct Exhibitors {
    s: PageContext,
    edition: EditionRow,
    question: String,
    lines: Vec<ExhibitorLine>,
}

/// Shows the exhibitor list.
#[get("/fairs/{edition}/exhibitors")]
pub(super) async fn show_exhibitors(
    s: PageContext,
    permit: ReadPermit,
    query: Query<SearchQuery>,
) -> Result<HttpResponse, Problem> {
    let question: String = query.into_result()?.q.chars().take(100).collect();
    let search_text = question.clone();
    let data = permit.read(move |tx, granted| {
        let edition = editions::store::find(tx, granted.edition()?)?;
        let lines = find_lines(tx, edition.id, &search_text)?;
        Ok((edition, lines))
    });
    let (edition, lines) = data.await?;
    render_page(&Exhibitors { s, edition, question, lines })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stand(id: ExhibitorId, booth: &str, name: &str, locality: &str) -> LetBooth {
        LetBooth { booth: booth.into(), zone: "Z".into(), exhibitor: id, name: name.into(), locality: locality.into() }
    }

    #[test]
    fn search_ignores_accents_and_matches_products_names_booths_and_localities() {
        let [a, b] = [ExhibitorId::make(), ExhibitorId::make()];
        let stands = || {
            vec![
                stand(a, "A01", "HTX Đầm Hà", "Đầm Hà"),
                stand(a, "A02", "HTX Đầm Hà", "Đầm Hà"),
                stand(b, "B01", "Chả mực Hạ Long", "Hạ Long"),
            ]
        };
        let goods = || {
            vec![
                ListedProduct { exhibitor: a, name: "Gà bản Đầm Hà".into(), stars: Some(4) },
                ListedProduct { exhibitor: b, name: "Chả mực".into(), stars: None },
            ]
        };
        let results =
            |q: &str| search(stands(), goods(), q).into_iter().map(|l| (l.name, l.booths)).collect::<Vec<_>>();
        let dam_ha = ("HTX Đầm Hà".to_owned(), vec!["A01".to_owned(), "A02".to_owned()]);
        assert_eq!(results("dam ha"), std::slice::from_ref(&dam_ha));
        assert_eq!(results("a02"), [dam_ha]);
        assert_eq!(results("ha long").len(), 1);
        assert_eq!(results("CHA MUC").len(), 1);
        assert_eq!(results("").len(), 2);
        assert!(results("kẹo dừa").is_empty());
    }
}
