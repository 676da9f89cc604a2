//! Every query on gates and count events.
use diesel::prelude::*;

use hoicho_core::{
    db::{Conn, Tx, schema::*},
    on_either,
    values::{
        clock::{Day, Instant},
        ids::{EditionId, GateId, UserId, VisitEventId},
    },
};

/// Where visits are counted.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = gates)]
pub struct GateRow {
    /// Identifier.
    pub id: GateId,
    /// Of which edition.
    pub edition_id: EditionId,
    /// Unique in the edition.
    pub name: String,
}

/// One count.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = visit_events, treat_none_as_default_value = false)]
pub struct EventRow {
    /// Made by the device that counted.
    pub id: VisitEventId,
    /// Of which edition.
    pub edition_id: EditionId,
    /// At which gate.
    pub gate_id: GateId,
    /// When, UTC.
    pub occurred_at: Instant,
    /// The day in the edition's time zone.
    pub local_day: Day,
    /// The hour in the edition's time zone, 0 to 23.
    pub local_hour: i32,
    /// Came in; negative only in an adjustment.
    pub entries: i64,
    /// Went out; negative only in an adjustment.
    pub exits: i64,
    /// Why it was adjusted.
    pub reason: Option<String>,
    /// By whom.
    pub recorded_by: Option<UserId>,
    /// When the server took it.
    pub recorded_at: Instant,
}

/// Counts of an edition that are no adjustments: what came in and went out by identifier.
pub fn imported(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<(VisitEventId, (i64, i64))>> {
    visit_events::table
        .filter(visit_events::edition_id.eq(edition))
        .filter(visit_events::reason.is_null())
        .select((visit_events::id, (visit_events::entries, visit_events::exits)))
        .load(tx.conn())
}

/// Adds gates.
pub fn insert_gates(tx: &mut Tx<'_>, rows: &[GateRow]) -> QueryResult<usize> {
    on_either!(tx, |c| diesel::insert_into(gates::table).values(rows).execute(c))
}

/// The gates of an edition by name.
pub fn gates_of(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<GateRow>> {
    gates::table.filter(gates::edition_id.eq(edition)).order(gates::name).select(GateRow::as_select()).load(tx.conn())
}

/// Adds counts, leaving out those that are here already; tells how many were new.
pub fn insert_new(tx: &mut Tx<'_>, rows: &[EventRow]) -> QueryResult<usize> {
    let mut added = 0;
    for part in rows.chunks(500) {
        added += match tx.conn() {
            Conn::Postgres(c) => diesel::insert_into(visit_events::table)
                .values(part)
                .on_conflict(visit_events::id)
                .do_nothing()
                .execute(c)?,
            Conn::Sqlite(c) => diesel::insert_or_ignore_into(visit_events::table).values(part).execute(c)?,
        };
    }
    Ok(added)
}

/// Entries and exits by gate, day and hour.
#[derive(Debug, Clone, Queryable)]
pub struct HourRow {
    /// Gate.
    pub gate: GateId,
    /// Local day.
    pub day: Day,
    /// Local hour.
    pub hour: i32,
    /// Visits.
    pub entries: i64,
    /// Exits.
    pub exits: i64,
}

/// The counts of an edition by gate, day and hour.
pub fn by_hour(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<HourRow>> {
    use diesel::{dsl::sql, sql_types::BigInt};
    visit_events::table
        .filter(visit_events::edition_id.eq(edition))
        .group_by((visit_events::gate_id, visit_events::local_day, visit_events::local_hour))
        .order((visit_events::local_day, visit_events::local_hour, visit_events::gate_id))
        .select((
            visit_events::gate_id,
            visit_events::local_day,
            visit_events::local_hour,
            sql::<BigInt>("CAST(SUM(entries) AS BIGINT)"),
            sql::<BigInt>("CAST(SUM(exits) AS BIGINT)"),
        ))
        .load(tx.conn())
}
