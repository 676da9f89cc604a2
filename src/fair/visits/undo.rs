//! Undoing an import of visit counts.
use std::collections::BTreeSet;

use diesel::prelude::*;

use super::store::{self, EventRow};
use crate::editions;
use hoicho_core::{
    db::{Tx, schema::*},
    values::{
        clock::Day,
        ids::{EditionId, GateId, VisitEventId},
    },
};
use hoicho_web::{http::Problem, identity::Authorized};

/// Gates and days whose counts were adjusted since an import recorded some of them. At most
/// [`hoicho_core::db::MAX_IDS_PER_STATEMENT`] at once.
pub fn find_changed(tx: &mut Tx<'_>, edition: EditionId, ids: &[VisitEventId]) -> QueryResult<Vec<String>> {
    let rows = find(tx, edition, ids)?;
    find_adjusted(tx, edition, &rows)
}

fn find(tx: &mut Tx<'_>, edition: EditionId, ids: &[VisitEventId]) -> QueryResult<Vec<EventRow>> {
    let imported =
        visit_events::table.filter(visit_events::edition_id.eq(edition)).filter(visit_events::id.eq_any(ids));
    imported.select(EventRow::as_select()).load(tx.conn())
}

fn find_adjusted(tx: &mut Tx<'_>, edition: EditionId, rows: &[EventRow]) -> QueryResult<Vec<String>> {
    let Some(recorded_at) = rows.iter().map(|event| event.recorded_at).min() else { return Ok(Vec::new()) };
    let adjusted: Vec<(Day, GateId)> = visit_events::table
        .filter(visit_events::edition_id.eq(edition))
        .filter(visit_events::reason.is_not_null())
        .filter(visit_events::recorded_at.ge(recorded_at))
        .select((visit_events::local_day, visit_events::gate_id))
        .distinct()
        .load(tx.conn())?;
    let counted: BTreeSet<(Day, GateId)> = rows.iter().map(|event| (event.local_day, event.gate_id)).collect();
    let adjusted: BTreeSet<(Day, GateId)> = adjusted.into_iter().filter(|count| counted.contains(count)).collect();
    if adjusted.is_empty() {
        return Ok(Vec::new());
    }
    let gates = store::find_gates(tx, edition)?;
    let name = |id: GateId| gates.iter().find(|gate| gate.id == id).map(|gate| gate.name.as_str()).unwrap_or_default();
    Ok(adjusted.into_iter().map(|(day, gate)| format!("{} {}", name(gate), day.format("%d/%m/%Y"))).collect())
}

/// Deletes the counts that an import recorded. If counts of a gate and day among them were adjusted since, nothing is deleted and
/// these are returned as gate and day. At most [`hoicho_core::db::MAX_IDS_PER_STATEMENT`] at once.
pub fn delete_imported(tx: &mut Tx<'_>, authorized: &Authorized, ids: &[VisitEventId]) -> Result<Vec<String>, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?.id;
    let rows = find(tx, edition, ids)?;
    // Locked, so that no correction counts on them while they are deleted.
    store::lock_gates(tx, &rows.iter().map(|event| event.gate_id).collect())?;
    let adjusted = find_adjusted(tx, edition, &rows)?;
    if adjusted.is_empty() {
        diesel::delete(visit_events::table.filter(visit_events::id.eq_any(ids))).execute(tx.conn())?;
    }
    Ok(adjusted)
}
