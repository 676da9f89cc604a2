//! What became known of an edition: its publication, changes of its days, cancellation. Feeds and the calendar show it.
use std::collections::BTreeMap;

use diesel::QueryResult;
use serde::Deserialize;

use super::store::{self, ChangeEntry};
use crate::editions::{
    OpeningDay,
    audited::{AuditedEnd, AuditedState},
    store::{EditionRow, OpeningDayRow},
};
use hoicho_core::{
    db::Tx,
    states::EditionState,
    values::{clock::Instant, ids::AuditId},
};
use hoicho_web::audit::AuditAction;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditionChange {
    /// Everyone can read of it.
    Published,
    /// Other opening days or hours; never of a draft.
    Days {
        /// In chronological order.
        before: Vec<OpeningDay>,
        /// In chronological order.
        after: Vec<OpeningDay>,
    },
    /// It does not take place.
    Cancelled,
    /// Ended before its last opening day was over.
    EndedEarly,
    /// The early end was taken back.
    Resumed,
    /// Its figures are final.
    Finalised,
}

/// A change that became known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionNews {
    /// The entry of the audit log.
    pub id: AuditId,
    /// When.
    pub at: Instant,
    /// What.
    pub change: EditionChange,
}

fn parse<T: for<'d> Deserialize<'d>>(json: Option<&String>) -> Option<T> {
    serde_json::from_str(json?).ok()
}

/// The state before or after a transition.
fn parse_state(json: Option<&String>) -> Option<EditionState> {
    parse::<AuditedState>(json).map(|audited| audited.state)
}

/// What an entry changed of an edition in `state`, which follows the transitions.
fn find_change(entry: &ChangeEntry, state: &mut EditionState) -> Option<EditionChange> {
    if entry.action == AuditAction::EditionTransition {
        let from = std::mem::replace(state, parse_state(entry.after.as_ref())?);
        return match *state {
            EditionState::Draft => None,
            EditionState::Published => (from == EditionState::Draft).then_some(EditionChange::Published),
            EditionState::Finalised => Some(EditionChange::Finalised),
            EditionState::Cancelled => Some(EditionChange::Cancelled),
        };
    }
    if *state == EditionState::Draft {
        return None;
    }
    if entry.action == AuditAction::EditionOpeningDays {
        let (before, after) = (parse_days(entry.before.as_ref())?, parse_days(entry.after.as_ref())?);
        return (before != after).then_some(EditionChange::Days { before, after });
    }
    let end: AuditedEnd = parse(entry.after.as_ref())?;
    Some(if end.ended_at.is_some() { EditionChange::EndedEarly } else { EditionChange::Resumed })
}

/// The news in these entries, oldest first; `present` is the state after them. What happens to a draft is no news.
fn find_news(entries: &[ChangeEntry], present: EditionState) -> Vec<EditionNews> {
    // The log may begin after the first transition.
    let first = entries.iter().find(|entry| entry.action == AuditAction::EditionTransition);
    let mut state = first.and_then(|entry| parse_state(entry.before.as_ref())).unwrap_or(present);
    let mut news = Vec::new();
    for entry in entries {
        if let Some(change) = find_change(entry, &mut state) {
            news.push(EditionNews { id: entry.id, at: entry.at, change });
        }
    }
    news
}

fn parse_days(json: Option<&String>) -> Option<Vec<OpeningDay>> {
    let mut days: Vec<OpeningDay> = parse(json)?;
    days.sort_by_key(|day| day.day);
    Some(days)
}

/// The news of an edition, oldest first.
pub fn load_news(tx: &mut Tx<'_>, edition: &EditionRow) -> QueryResult<Vec<EditionNews>> {
    Ok(find_news(&store::list_changes(tx, edition.id)?, edition.state))
}

/// Days that were announced and are no longer opening days, with their last hours, in chronological order.
pub(super) fn dropped_days(news: &[EditionNews], days: &[OpeningDayRow]) -> Vec<OpeningDay> {
    let mut dropped = BTreeMap::new();
    for item in news {
        if let EditionChange::Days { before, after } = &item.change {
            for day in before.iter().chain(after) {
                dropped.insert(day.day, *day);
            }
        }
    }
    dropped.into_values().filter(|dropped| days.iter().all(|day| day.day != dropped.day)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hoicho_core::values::clock::Day;

    fn entry(action: AuditAction, before: &str, after: &str) -> ChangeEntry {
        let at = "2026-03-03T12:00:00".parse().unwrap();
        ChangeEntry { id: AuditId::make(), action, before: Some(before.into()), after: Some(after.into()), at }
    }

    fn state(state: &str) -> String {
        format!(r#"{{"state":"{state}","reason":"storm"}}"#)
    }

    fn end(ended_at: &str) -> String {
        format!(r#"{{"ended_at":{ended_at},"reason":null}}"#)
    }

    fn days(days: &[u32]) -> String {
        let days = days
            .iter()
            .map(|day| format!(r#"{{"day":"2026-03-{day:02}","opens_at":"08:00:00","closes_at":"21:00:00"}}"#));
        format!("[{}]", days.collect::<Vec<_>>().join(","))
    }

    #[test]
    fn news_begin_with_the_publication() {
        use AuditAction::{EditionEnd, EditionOpeningDays, EditionTransition};
        let entries = [
            entry(EditionOpeningDays, "[]", &days(&[1, 2])),
            entry(EditionTransition, &state("draft"), &state("published")),
            entry(EditionOpeningDays, &days(&[1, 2]), &days(&[2, 3])),
            entry(EditionOpeningDays, &days(&[2, 3]), &days(&[3, 2])),
            entry(EditionTransition, &state("published"), &state("draft")),
            entry(EditionOpeningDays, &days(&[2, 3]), &days(&[4])),
            entry(EditionTransition, &state("draft"), &state("published")),
            entry(EditionEnd, &end("null"), &end(r#""2026-03-04T10:00:00""#)),
            entry(EditionEnd, &end(r#""2026-03-04T10:00:00""#), &end("null")),
            entry(EditionTransition, &state("published"), &state("cancelled")),
        ];
        let news = find_news(&entries, EditionState::Cancelled);
        let kinds: Vec<&str> = news
            .iter()
            .map(|item| match &item.change {
                EditionChange::Published => "published",
                EditionChange::Days { .. } => "days",
                EditionChange::Cancelled => "cancelled",
                EditionChange::EndedEarly => "ended",
                EditionChange::Resumed => "resumed",
                EditionChange::Finalised => "finalised",
            })
            .collect();
        assert_eq!(kinds, ["published", "days", "published", "ended", "resumed", "cancelled"]);
        let dropped: Vec<Day> = dropped_days(&news, &[]).iter().map(|day| day.day).collect();
        assert_eq!(dropped, [1, 2, 3].map(|day| format!("2026-03-0{day}").parse::<Day>().unwrap()));

        // The log of a published edition begins with a change of its days.
        let late = [entry(EditionOpeningDays, &days(&[1]), &days(&[2]))];
        assert_eq!(find_news(&late, EditionState::Published).len(), 1);
        assert!(find_news(&late, EditionState::Draft).is_empty());
    }
}
