//! Lines of the log that partners may be told of: put in a queue in the same transaction, so that none is lost.
use diesel::prelude::*;

use super::AuditRow;
use hoicho_core::{
    db::{Tx, schema::events},
    on_either,
};

/// What is announced, by the action of its line.
pub const ANNOUNCED: [&str; 18] = [
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

/// Queues those of these lines that are announced, in their order.
pub(super) fn announce(tx: &mut Tx<'_>, rows: &[AuditRow]) -> QueryResult<()> {
    let new: Vec<_> = rows
        .iter()
        .filter(|row| row.organiser_id.is_some() && ANNOUNCED.contains(&row.action.as_str()))
        .map(|row| (events::audit_log_id.eq(row.id), events::is_new.eq(true)))
        .collect();
    if !new.is_empty() {
        on_either!(tx, |c| diesel::insert_into(events::table).values(&new).execute(c))?;
    }
    Ok(())
}
