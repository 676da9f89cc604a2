//! Enqueues audit entries as webhook events, in the same transaction so that none is lost.
use diesel::prelude::*;

use super::AuditRow;
use hoicho_core::{
    db::{Tx, schema::events},
    on_either,
};

/// Actions whose audit entries become webhook events.
pub const EVENT_ACTIONS: [&str; 18] = [
    "edition.transition",
    "edition.change",
    "edition.opening_days",
    "application.step",
    "allocation.offer",
    "allocation.confirm",
    "allocation.check_in",
    "allocation.release",
    "allocation.decline",
    "allocation.no_show",
    "allocation.expire",
    "allocation.move",
    "allocation.offer_to_waiting_list",
    "participant.add",
    "participant.remove",
    "sales_report.put",
    "sales_report.judge",
    "deal.create",
];

/// Enqueues the entries that are webhook events, in order.
pub(super) fn enqueue_events(tx: &mut Tx<'_>, rows: &[AuditRow]) -> QueryResult<()> {
    let new_events: Vec<_> = rows
        .iter()
        .filter(|row| row.organiser_id.is_some() && EVENT_ACTIONS.contains(&row.action.as_str()))
        .map(|row| (events::audit_log_id.eq(row.id), events::is_new.eq(true)))
        .collect();
    if !new_events.is_empty() {
        on_either!(tx, |c| diesel::insert_into(events::table).values(&new_events).execute(c))?;
    }
    Ok(())
}
