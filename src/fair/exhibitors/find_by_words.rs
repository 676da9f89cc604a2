//! The search among an organiser's exhibitors by the beginnings of words: queries on `exhibitor_search_words`.
use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::{search::upper_bound, store::ExhibitorRow};
use hoicho_core::{
    db::{
        Tx,
        schema::{exhibitor_search_words as w, exhibitors},
    },
    values::ids::{ExhibitorId, OrganiserId},
};

/// Rows that are counted to find the term with the fewest matches.
const MAX_COUNTED_ROWS: i64 = 1_000;
/// Candidates that are checked at once: the first time, and at most. Each time twice as many.
const CHUNK_ROWS: (i64, i64) = (200, 3_200);

/// A word and the exhibitor that has it: the sort key of the results.
type Key = (String, ExhibitorId);

/// The term with the fewest words that begin with it. All that have more than [`MAX_COUNTED_ROWS`] count the same.
fn find_rarest<'t>(tx: &mut Tx<'_>, organiser: OrganiserId, terms: &'t [String]) -> QueryResult<Option<&'t String>> {
    let mut rarest: Option<(usize, &String)> = None;
    for term in terms.iter().filter(|_| terms.len() > 1) {
        let matches: Vec<ExhibitorId> = w::table
            .filter(w::organiser_id.eq(organiser))
            .filter(w::word.ge(term))
            .filter(w::word.lt(upper_bound(term)))
            .limit(MAX_COUNTED_ROWS)
            .select(w::exhibitor_id)
            .load(tx.conn())?;
        if rarest.is_none_or(|(count, _)| matches.len() < count) {
            rarest = Some((matches.len(), term));
        }
    }
    Ok(rarest.map(|(_, term)| term).or_else(|| terms.first()))
}

/// Words that begin with `term`, in their order, after a key.
fn candidates(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    term: &str,
    after: Option<&Key>,
    limit: i64,
) -> QueryResult<Vec<Key>> {
    let mut query = w::table
        .filter(w::organiser_id.eq(organiser))
        .filter(w::word.ge(term))
        .filter(w::word.lt(upper_bound(term)))
        .into_boxed();
    if let Some((word, id)) = after {
        // The first condition is a range of the index, also where the second is not.
        query = query.filter(w::word.ge(word)).filter(w::word.gt(word).or(w::exhibitor_id.gt(*id)));
    }
    query.order((w::word, w::exhibitor_id)).limit(limit).select((w::word, w::exhibitor_id)).load(tx.conn())
}

/// The words of these exhibitors that begin with one of the terms.
fn matching_words(
    tx: &mut Tx<'_>,
    ids: &[ExhibitorId],
    terms: &[String],
) -> QueryResult<HashMap<ExhibitorId, Vec<String>>> {
    let mut query = w::table.into_boxed();
    for term in terms {
        query = query.or_filter(w::word.ge(term).and(w::word.lt(upper_bound(term))));
    }
    let rows: Vec<(ExhibitorId, String)> =
        query.filter(w::exhibitor_id.eq_any(ids)).select((w::exhibitor_id, w::word)).load(tx.conn())?;
    let mut words: HashMap<ExhibitorId, Vec<String>> = HashMap::new();
    for (id, word) in rows {
        words.entry(id).or_default().push(word);
    }
    Ok(words)
}

/// One page of the exhibitors that have a word beginning with each of the terms, in the order of the word that matches the rarest
/// term. Reads the index of that term in order and checks the other terms for some hundred candidates at once, until the page is
/// full: the databases plan a single statement by guesses that are wrong for words.
pub fn find_by_words(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    terms: &[String],
    after: Option<&Key>,
    limit: i64,
) -> QueryResult<Vec<(String, ExhibitorRow)>> {
    let Some(driver) = find_rarest(tx, organiser, terms)? else { return Ok(Vec::new()) };
    let wanted = usize::try_from(limit).unwrap_or_default();
    let (mut found, mut last, mut chunk) = (Vec::<Key>::new(), after.cloned(), CHUNK_ROWS.0);
    while found.len() < wanted {
        let keys = candidates(tx, organiser, driver, last.as_ref(), chunk)?;
        let is_last = i64::try_from(keys.len()).is_ok_and(|rows| rows < chunk);
        let ids: Vec<ExhibitorId> = keys.iter().map(|(_, id)| *id).collect();
        let words = matching_words(tx, &ids, terms)?;
        last = keys.last().cloned();
        found.extend(keys.into_iter().filter(|(word, id)| {
            let words: &[String] = words.get(id).map_or(&[], Vec::as_slice);
            // Of several words that match, the first one stands for the exhibitor.
            let first = words.iter().filter(|word| word.starts_with(driver.as_str())).min();
            first == Some(word) && terms.iter().all(|term| words.iter().any(|word| word.starts_with(term.as_str())))
        }));
        if is_last {
            break;
        }
        chunk = (chunk * 2).min(CHUNK_ROWS.1);
    }
    found.truncate(wanted);
    let ids: Vec<ExhibitorId> = found.iter().map(|(_, id)| *id).collect();
    let rows: Vec<ExhibitorRow> =
        exhibitors::table.filter(exhibitors::id.eq_any(ids)).select(ExhibitorRow::as_select()).load(tx.conn())?;
    let mut rows: BTreeMap<ExhibitorId, ExhibitorRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(found.into_iter().filter_map(|(word, id)| Some((word, rows.remove(&id)?))).collect())
}
