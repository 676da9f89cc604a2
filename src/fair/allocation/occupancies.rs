//! Occupancies: which allocation has a booth on each opening day. Sales reports, what is due and the figures go by them, so the
//! past stays with whoever stood there when a booth is moved, swapped, released or let again in the middle of a fair.
//!
//! Invariants: a booth has at most one occupancy per opening day (primary key); one with a sales report is never deleted
//! (foreign key). Holds and offers have none. [`write`] is the only function that writes them.
use chrono::{Days, NaiveDateTime};
use diesel::prelude::*;

use crate::editions::store::{self as editions, EditionRow, OpeningDayRow};
use hoicho_core::{
    db::{Conn, MAX_IDS_PER_STATEMENT, MAX_ROWS_PER_INSERT, Tx, schema::*},
    i18n::MessageId,
    on_either,
    states::AllocationState,
    values::{
        clock::{Day, Instant},
        ids::{AllocationId, BoothId, EditionId, ExhibitorId, OrganisationId},
    },
};
use hoicho_web::http::{Code, Problem};

/// Row of `occupancies`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = occupancies, treat_none_as_default_value = false)]
pub struct OccupancyRow {
    pub booth_id: BoothId,
    /// An opening day.
    pub day: Day,
    pub edition_id: EditionId,
    pub allocation_id: AllocationId,
}

/// What happens on a day on which another allocation has the booth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// The day stays with the other allocation: a booth that is let again while its former exhibitor has days left.
    Skip,
    /// Fails with `booth_already_taken`: a move must not leave its exhibitor without a booth on any day.
    Refuse,
}

/// Joins a sales report with its occupancy, which has the same booth and day.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn is_report_of() -> _ {
    sales_reports::booth_id.eq(occupancies::booth_id).and(sales_reports::day.eq(occupancies::day))
}

/// Changes occupancies from a day on: `ended` allocations lose their booths, then `begun` ones get the given booths. Earlier days
/// stay.
///
/// # Errors
/// `illegal_step` if a day to delete has a sales report.
pub fn write(
    tx: &mut Tx<'_>,
    edition: EditionId,
    from: Day,
    ended: &[AllocationId],
    begun: &[(AllocationId, BoothId)],
    overlap: Overlap,
) -> Result<(), Problem> {
    require_unreported(tx, from, ended)?;
    for part in ended.chunks(MAX_IDS_PER_STATEMENT) {
        let days = occupancies::table.filter(occupancies::allocation_id.eq_any(part)).filter(occupancies::day.ge(from));
        diesel::delete(days).execute(tx.conn())?;
    }
    if begun.is_empty() {
        return Ok(());
    }
    let days = editions::list_days(tx, edition)?.into_iter().map(|d| d.day).filter(|day| *day >= from);
    insert(tx, &rows(edition, days, begun), overlap)
}

/// A row for each of these days and booths.
fn rows(
    edition: EditionId,
    days: impl IntoIterator<Item = Day>,
    booths: &[(AllocationId, BoothId)],
) -> Vec<OccupancyRow> {
    let row = |day, (allocation_id, booth_id): (AllocationId, BoothId)| OccupancyRow {
        booth_id,
        day,
        edition_id: edition,
        allocation_id,
    };
    days.into_iter().flat_map(|day| booths.iter().map(move |booth| row(day, *booth))).collect()
}

fn insert(tx: &mut Tx<'_>, rows: &[OccupancyRow], overlap: Overlap) -> Result<(), Problem> {
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        match overlap {
            Overlap::Skip => on_either!(tx, |c| diesel::insert_into(occupancies::table)
                .values(part)
                .on_conflict_do_nothing()
                .execute(c))?,
            Overlap::Refuse => on_either!(tx, |c| diesel::insert_into(occupancies::table).values(part).execute(c))?,
        };
    }
    Ok(())
}

/// Names the first day that has a report; the foreign key would reject the change without a reason.
fn require_unreported(tx: &mut Tx<'_>, from: Day, ended: &[AllocationId]) -> Result<(), Problem> {
    for part in ended.chunks(MAX_IDS_PER_STATEMENT) {
        let reported: Option<(Day, String)> = occupancies::table
            .inner_join(sales_reports::table.on(is_report_of()))
            .inner_join(booths::table.on(booths::id.eq(occupancies::booth_id)))
            .filter(occupancies::allocation_id.eq_any(part))
            .filter(occupancies::day.ge(from))
            .order(occupancies::day)
            .select((occupancies::day, booths::code))
            .first(tx.conn())
            .optional()?;
        if let Some((day, booth)) = reported {
            return Err(Problem::new(
                Code::IllegalStep,
                MessageId("error-day-has-report").with_args(&[("day", &day), ("booth", &booth)]),
            ));
        }
    }
    Ok(())
}

/// Day from which the end of an allocation counts: the one requested, else the next opening day that has not begun.
pub fn effective_day(
    tx: &mut Tx<'_>,
    edition: &EditionRow,
    now: Instant,
    requested: Option<Day>,
) -> Result<Day, Problem> {
    match requested {
        Some(day) => Ok(day),
        None => Ok(next_opening_day(&editions::list_days(tx, edition.id)?, edition.local_time(now)?)),
    }
}

/// The first opening day that begins after `local`; the day after today if there is none. `days` are in chronological order.
fn next_opening_day(days: &[OpeningDayRow], local: NaiveDateTime) -> Day {
    let next = days.iter().find(|d| d.day.and_time(d.opens_at) > local).map(|d| d.day);
    next.unwrap_or_else(|| local.date() + Days::new(1))
}

/// Confirmed and checked-in allocations of an edition, with their booths.
fn find_let(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<(AllocationId, BoothId)>> {
    allocations::table
        .filter(allocations::edition_id.eq(edition))
        .filter(allocations::state.eq_any(AllocationState::LET_STATES))
        .select((allocations::id, allocations::booth_id))
        .load(tx.conn())
}

/// All occupied booths and days of an edition with the allocation.
pub fn find_days(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<((BoothId, Day), AllocationId)>> {
    occupancies::table
        .filter(occupancies::edition_id.eq(edition))
        .select(((occupancies::booth_id, occupancies::day), occupancies::allocation_id))
        .load(tx.conn())
}

/// The main exhibitor of a booth on a day, with a shared lock on the occupancy.
pub fn lock_main_exhibitor(tx: &mut Tx<'_>, booth: BoothId, day: Day) -> QueryResult<Option<ExhibitorId>> {
    let occupancy = occupancies::table.find((booth, day)).select(occupancies::allocation_id);
    let allocation: Option<AllocationId> = match tx.conn() {
        // A write transaction of SQLite locks the database already.
        Conn::Sqlite(c) => occupancy.get_result(c).optional()?,
        Conn::Postgres(c) => occupancy.for_share().get_result(c).optional()?,
    };
    let Some(allocation) = allocation else { return Ok(None) };
    allocations::table
        .inner_join(applications::table)
        .filter(allocations::id.eq(allocation))
        .select(applications::exhibitor_id)
        .get_result(tx.conn())
        .optional()
}

/// The last day before `day` on which an allocation had a booth.
pub fn last_day_before(tx: &mut Tx<'_>, allocation: AllocationId, day: Day) -> QueryResult<Option<Day>> {
    occupancies::table
        .filter(occupancies::allocation_id.eq(allocation))
        .filter(occupancies::day.lt(day))
        .select(diesel::dsl::max(occupancies::day))
        .get_result(tx.conn())
}

/// Whether a booth is occupied on a day.
pub fn is_occupied(tx: &mut Tx<'_>, booth: BoothId, day: Day) -> QueryResult<bool> {
    let found = occupancies::table.find((booth, day)).count().get_result::<i64>(tx.conn())?;
    Ok(found > 0)
}

/// An exhibitor on a booth, and the organisation that it is linked with.
type Occupant = (ExhibitorId, Option<OrganisationId>);

/// The exhibitors that have a booth on a day: the main one first, then its co-exhibitors of that day. Empty if nobody has it.
pub fn find_exhibitors(tx: &mut Tx<'_>, booth: BoothId, day: Day) -> QueryResult<Vec<Occupant>> {
    let main: Option<(AllocationId, Occupant)> = occupancies::table
        .inner_join(allocations::table.inner_join(applications::table.inner_join(exhibitors::table)))
        .filter(occupancies::booth_id.eq(booth))
        .filter(occupancies::day.eq(day))
        .select((allocations::id, (exhibitors::id, exhibitors::organisation_id)))
        .get_result(tx.conn())
        .optional()?;
    let Some((allocation, main)) = main else { return Ok(Vec::new()) };
    let others: Vec<Occupant> = participants::table
        .inner_join(exhibitors::table.on(participants::exhibitor_id.eq(exhibitors::id.nullable())))
        .filter(participants::allocation_id.eq(allocation))
        .filter(participants::first_day.is_null().or(participants::first_day.le(day)))
        .filter(participants::last_day.is_null().or(participants::last_day.ge(day)))
        .order(participants::id)
        .select((exhibitors::id, exhibitors::organisation_id))
        .load(tx.conn())?;
    Ok(std::iter::once(main).chain(others).collect())
}

/// Gives each new opening day its occupants. A day to come belongs to whoever has the booth; a past one to whoever had it on the
/// nearest opening day before, or else after it.
pub fn fill_new_days(
    tx: &mut Tx<'_>,
    edition: &EditionRow,
    before: &[OpeningDayRow],
    now: Instant,
) -> Result<(), Problem> {
    let known: Vec<Day> = before.iter().map(|d| d.day).collect();
    let today = edition.local_time(now)?.date();
    let days = editions::list_days(tx, edition.id)?.into_iter().map(|d| d.day);
    let (past, to_come): (Vec<Day>, Vec<Day>) = days.filter(|day| !known.contains(day)).partition(|day| *day < today);
    let mut added = Vec::new();
    for day in past {
        let earlier = known.iter().rfind(|known| **known < day);
        let Some(nearest) = earlier.or_else(|| known.iter().find(|known| **known > day)) else { continue };
        let occupants: Vec<OccupancyRow> = occupancies::table
            .filter(occupancies::edition_id.eq(edition.id))
            .filter(occupancies::day.eq(nearest))
            .select(OccupancyRow::as_select())
            .load(tx.conn())?;
        added.extend(occupants.into_iter().map(|row| OccupancyRow { day, ..row }));
    }
    if !to_come.is_empty() {
        added.extend(rows(edition.id, to_come, &find_let(tx, edition.id)?));
    }
    insert(tx, &added, Overlap::Skip)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening_day(day: &str) -> OpeningDayRow {
        let (opens_at, closes_at) = ("08:00:00".parse().unwrap(), "21:00:00".parse().unwrap());
        OpeningDayRow { edition_id: EditionId::make(), day: day.parse().unwrap(), opens_at, closes_at }
    }

    #[test]
    fn next_opening_day_is_the_first_that_has_not_begun() {
        let days = ["2026-03-01", "2026-03-02", "2026-03-05"].map(opening_day);
        let next = |local: &str| next_opening_day(&days, local.parse().unwrap()).to_string();
        assert_eq!(next("2026-02-01T12:00:00"), "2026-03-01");
        assert_eq!(next("2026-03-01T07:59:00"), "2026-03-01");
        assert_eq!(next("2026-03-01T08:00:00"), "2026-03-02");
        assert_eq!(next("2026-03-03T12:00:00"), "2026-03-05");
        assert_eq!(next("2026-03-05T09:00:00"), "2026-03-06");
    }
}
