//! `/fairs/{edition}/exhibitors`: who stands where, and which booth sells what is looked for.
use std::collections::BTreeMap;

use actix_web::{HttpResponse, get};
use askama::Template;
use serde::Deserialize;

use super::store::{self, Good, Stand};
use crate::shell::{Shell, page};
use hoicho_core::{
    db::Tx,
    i18n::collation,
    values::{
        ids::{EditionId, ExhibitorId},
        text::fold,
    },
};
use hoicho_fair::editions::{self, store::EditionRow};
use hoicho_web::{
    http::{Problem, Query},
    identity::View,
};

/// An exhibitor in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub exhibitor: ExhibitorId,
    pub name: String,
    pub locality: String,
    pub booths: Vec<String>,
    zone: String,
    /// Those that were looked for first.
    pub goods: Vec<(String, Option<i32>)>,
    more_goods: usize,
    /// How well it answers the question: 3 a product, 2 a name or booth, 1 a place.
    rank: u8,
}

/// Goods a line shows.
const SHOWN: usize = 4;

/// Who answers the question, best first; without one everybody, in the order of a Vietnamese dictionary.
fn lines(stands: Vec<Stand>, goods: Vec<Good>, question: &str) -> Vec<Line> {
    let wanted = fold(question);
    let hits = |text: &str| !wanted.is_empty() && fold(text).contains(&wanted);
    let mut of: BTreeMap<ExhibitorId, Vec<Good>> = BTreeMap::new();
    goods.into_iter().for_each(|g| of.entry(g.exhibitor).or_default().push(g));
    let mut by_exhibitor: BTreeMap<ExhibitorId, Line> = BTreeMap::new();
    for stand in stands {
        let line = by_exhibitor.entry(stand.exhibitor).or_insert_with(|| {
            let mut goods = of.remove(&stand.exhibitor).unwrap_or_default();
            goods.sort_by_key(|g| (!hits(&g.name), std::cmp::Reverse(g.stars)));
            let rank = if goods.first().is_some_and(|g| hits(&g.name)) { 3 } else { 0 };
            let more_goods = goods.len().saturating_sub(SHOWN);
            Line {
                exhibitor: stand.exhibitor,
                rank: rank.max(if hits(&stand.name) { 2 } else { u8::from(hits(&stand.locality)) }),
                name: stand.name,
                locality: stand.locality,
                booths: Vec::new(),
                zone: stand.zone,
                goods: goods.into_iter().take(SHOWN).map(|g| (g.name, g.stars)).collect(),
                more_goods,
            }
        });
        if fold(&stand.booth) == wanted {
            line.rank = line.rank.max(2);
        }
        line.booths.push(stand.booth);
    }
    let mut lines: Vec<Line> = by_exhibitor.into_values().filter(|l| wanted.is_empty() || l.rank > 0).collect();
    lines.sort_by(|a, b| b.rank.cmp(&a.rank).then_with(|| collation::compare(&a.name, &b.name)));
    lines
}

/// Who stands in an edition and what they sell; answers to `question` first where there is one.
fn found(tx: &mut Tx<'_>, edition: EditionId, question: &str) -> Result<Vec<Line>, Problem> {
    let stands = store::stands(tx, edition)?;
    let mut ids: Vec<_> = stands.iter().map(|s| s.exhibitor).collect();
    ids.sort();
    ids.dedup();
    let goods = store::goods(tx, &ids)?;
    Ok(lines(stands, goods, question))
}

/// Everybody who stands in an edition.
pub(crate) fn everybody(tx: &mut Tx<'_>, edition: EditionId) -> Result<Vec<Line>, Problem> {
    found(tx, edition, "")
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "visitor/exhibitors.html")]
struct Exhibitors {
    s: Shell,
    edition: EditionRow,
    question: String,
    lines: Vec<Line>,
}

/// Who stands where.
#[get("/fairs/{edition}/exhibitors")]
pub(super) async fn show_exhibitors(s: Shell, permit: View, query: Query<Asked>) -> Result<HttpResponse, Problem> {
    let question: String = query.get()?.q.chars().take(100).collect();
    let asked = question.clone();
    let read = permit.read(move |tx, granted| {
        let edition = editions::store::find(tx, granted.edition()?)?;
        let lines = found(tx, edition.id, &asked)?;
        Ok((edition, lines))
    });
    let (edition, lines) = read.await?;
    page(&Exhibitors { s, edition, question, lines })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stand(id: ExhibitorId, booth: &str, name: &str, locality: &str) -> Stand {
        Stand { booth: booth.into(), zone: "Z".into(), exhibitor: id, name: name.into(), locality: locality.into() }
    }

    #[test]
    fn a_question_without_accents_finds_goods_names_booths_and_places() {
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
                Good { exhibitor: a, name: "Gà bản Đầm Hà".into(), stars: Some(4) },
                Good { exhibitor: b, name: "Chả mực".into(), stars: None },
            ]
        };
        let found = |q: &str| lines(stands(), goods(), q).into_iter().map(|l| (l.name, l.booths)).collect::<Vec<_>>();
        let dam_ha = ("HTX Đầm Hà".to_owned(), vec!["A01".to_owned(), "A02".to_owned()]);
        assert_eq!(found("dam ha"), std::slice::from_ref(&dam_ha));
        assert_eq!(found("a02"), [dam_ha]);
        assert_eq!(found("ha long").len(), 1);
        assert_eq!(found("CHA MUC").len(), 1);
        assert_eq!(found("").len(), 2);
        assert!(found("kẹo dừa").is_empty());
    }
}
