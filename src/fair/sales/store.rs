//! Queries on sales reports and their versions.
use std::collections::HashMap;

use diesel::prelude::*;

use crate::allocation::occupancies::is_report_of;
use hoicho_core::{
    db::{Conn, MAX_ROWS_PER_INSERT, Tx, schema::*},
    on_either,
    states::ReportState,
    values::{
        clock::{Day, Instant},
        ids::{BoothId, EditionId, ExhibitorId, SalesReportId, UserId},
    },
};

/// Row of `sales_reports`: the report of one booth and day with its latest version.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sales_reports, treat_none_as_default_value = false)]
pub struct ReportRow {
    pub id: SalesReportId,
    pub edition_id: EditionId,
    pub booth_id: BoothId,
    /// An opening day.
    pub day: Day,
    pub state: ReportState,
    /// Minor units.
    pub amount: i64,
    /// Sales of OCOP goods, minor units.
    pub ocop_amount: i64,
    /// Note of the organiser's query.
    pub note: Option<String>,
    /// 1 for the first report; incremented by each correction.
    pub version: i32,
    /// Incremented by every change, including reviews; the value of the ETag.
    pub revision: i32,
}

/// Row of `sales_report_versions`: one version of a report. Append-only.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sales_report_versions, treat_none_as_default_value = false)]
pub struct VersionRow {
    pub sales_report_id: SalesReportId,
    /// 1 for the first report.
    pub version: i32,
    /// Minor units.
    pub amount: i64,
    /// Sales of OCOP goods, minor units.
    pub ocop_amount: i64,
    /// Reason of the correction.
    pub reason: Option<String>,
    pub recorded_by: Option<UserId>,
    pub recorded_at: Instant,
}

/// Inserts reports. A second one for a booth and day violates a unique key.
pub fn insert(tx: &mut Tx<'_>, rows: &[ReportRow]) -> QueryResult<()> {
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(sales_reports::table).values(part).execute(c))?;
    }
    Ok(())
}

pub fn insert_versions(tx: &mut Tx<'_>, rows: &[VersionRow]) -> QueryResult<()> {
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(sales_report_versions::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Report of a booth and day.
pub fn find(tx: &mut Tx<'_>, edition: EditionId, booth: BoothId, day: Day) -> QueryResult<Option<ReportRow>> {
    sales_reports::table
        .filter(sales_reports::edition_id.eq(edition))
        .filter(sales_reports::booth_id.eq(booth))
        .filter(sales_reports::day.eq(day))
        .select(ReportRow::as_select())
        .get_result(tx.conn())
        .optional()
}

/// Reports of earlier days by whoever has the booth on this day: booth, day and amount, by day. Those of the booth's former
/// exhibitors are theirs alone.
pub fn find_earlier(tx: &mut Tx<'_>, booth: BoothId, day: Day) -> QueryResult<Vec<(BoothId, Day, i64)>> {
    let now = diesel::alias!(occupancies as now);
    let same_allocation = now.field(occupancies::allocation_id).eq(occupancies::allocation_id);
    occupancies::table
        .inner_join(now.on(same_allocation))
        .inner_join(sales_reports::table.on(is_report_of()))
        .filter(now.field(occupancies::booth_id).eq(booth))
        .filter(now.field(occupancies::day).eq(day))
        .filter(sales_reports::day.lt(day))
        .order(sales_reports::day)
        .select((sales_reports::booth_id, sales_reports::day, sales_reports::amount))
        .load(tx.conn())
}

/// Updates a report if its revision is still `expected_revision`; returns false if it has changed.
pub fn update(tx: &mut Tx<'_>, row: &ReportRow, expected_revision: i32) -> QueryResult<bool> {
    let unchanged = sales_reports::table.find(row.id).filter(sales_reports::revision.eq(expected_revision));
    let changed = diesel::update(unchanged)
        .set((
            sales_reports::state.eq(row.state),
            sales_reports::amount.eq(row.amount),
            sales_reports::ocop_amount.eq(row.ocop_amount),
            sales_reports::note.eq(row.note.as_deref()),
            sales_reports::version.eq(row.version),
            sales_reports::revision.eq(expected_revision + 1),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Updates reports if the revision of each is still one less than the given one; returns false if one has changed.
pub fn update_all(tx: &mut Tx<'_>, rows: &[ReportRow]) -> QueryResult<bool> {
    use diesel::upsert::excluded;
    use sales_reports as r;
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        let ids: Vec<SalesReportId> = part.iter().map(|row| row.id).collect();
        let query = r::table.filter(r::id.eq_any(&ids)).select((r::id, r::revision));
        let current: HashMap<SalesReportId, i32> = match tx.conn() {
            // A write transaction of SQLite locks the database already.
            Conn::Sqlite(c) => query.load(c)?.into_iter().collect(),
            Conn::Postgres(c) => query.for_update().load(c)?.into_iter().collect(),
        };
        if part.iter().any(|row| current.get(&row.id).copied() != Some(row.revision - 1)) {
            return Ok(false);
        }
        on_either!(tx, |c| diesel::insert_into(r::table)
            .values(part)
            .on_conflict(r::id)
            .do_update()
            .set((
                r::state.eq(excluded(r::state)),
                r::amount.eq(excluded(r::amount)),
                r::ocop_amount.eq(excluded(r::ocop_amount)),
                r::note.eq(excluded(r::note)),
                r::version.eq(excluded(r::version)),
                r::revision.eq(excluded(r::revision)),
            ))
            .execute(c))?;
    }
    Ok(true)
}

/// Deletes reports that have no lines, with their versions; at most [`hoicho_core::db::MAX_IDS_PER_STATEMENT`].
pub(super) fn delete(tx: &mut Tx<'_>, ids: &[SalesReportId]) -> QueryResult<()> {
    let versions = sales_report_versions::table.filter(sales_report_versions::sales_report_id.eq_any(ids));
    diesel::delete(versions).execute(tx.conn())?;
    diesel::delete(sales_reports::table.filter(sales_reports::id.eq_any(ids))).execute(tx.conn())?;
    Ok(())
}

/// Report, version, and amount with OCOP amount.
type VersionAmounts = (SalesReportId, i32, (i64, i64));

/// Amounts of all versions of reports; at most [`hoicho_core::db::MAX_IDS_PER_STATEMENT`].
pub(super) fn find_amounts(tx: &mut Tx<'_>, reports: &[SalesReportId]) -> QueryResult<Vec<VersionAmounts>> {
    use sales_report_versions as v;
    v::table
        .filter(v::sales_report_id.eq_any(reports))
        .select((v::sales_report_id, v::version, (v::amount, v::ocop_amount)))
        .load(tx.conn())
}

/// Versions of a report, oldest first.
pub fn find_versions(tx: &mut Tx<'_>, report: SalesReportId) -> QueryResult<Vec<VersionRow>> {
    sales_report_versions::table
        .filter(sales_report_versions::sales_report_id.eq(report))
        .order(sales_report_versions::version)
        .select(VersionRow::as_select())
        .load(tx.conn())
}

/// Filter of a list of reports.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportFilter {
    pub day: Option<Day>,
    pub booth: Option<BoothId>,
    pub state: Option<ReportState>,
}

/// One page of the reports of an edition with the booths' codes, in order of submission.
pub fn page(
    tx: &mut Tx<'_>,
    edition: EditionId,
    filter: ReportFilter,
    after: Option<SalesReportId>,
    limit: i64,
) -> QueryResult<Vec<(ReportRow, String)>> {
    let mut query =
        sales_reports::table.inner_join(booths::table).filter(sales_reports::edition_id.eq(edition)).into_boxed();
    if let Some(day) = filter.day {
        query = query.filter(sales_reports::day.eq(day));
    }
    if let Some(booth) = filter.booth {
        query = query.filter(sales_reports::booth_id.eq(booth));
    }
    if let Some(state) = filter.state {
        query = query.filter(sales_reports::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(sales_reports::id.gt(after));
    }
    query.order(sales_reports::id).limit(limit).select((ReportRow::as_select(), booths::code)).load(tx.conn())
}

/// Latest version of a report, with booth and zone.
#[derive(Debug, Clone, Queryable)]
pub struct ReportWithBooth {
    pub id: SalesReportId,
    pub day: Day,
    pub booth_id: BoothId,
    /// Booth code.
    pub booth: String,
    /// Zone name.
    pub zone: String,
    /// Main exhibitor of the booth on that day.
    pub exhibitor: ExhibitorId,
    /// Minor units.
    pub amount: i64,
    /// Sales of OCOP goods, minor units.
    pub ocop_amount: i64,
    pub state: ReportState,
}

/// One page of the reports of an edition, by day and, within a day, in order of submission.
pub fn page_by_day(
    tx: &mut Tx<'_>,
    edition: EditionId,
    after: Option<(Day, SalesReportId)>,
    limit: i64,
) -> QueryResult<Vec<ReportWithBooth>> {
    use sales_reports::{day, id};
    let mut query = sales_reports::table
        .inner_join(booths::table.inner_join(zones::table))
        .inner_join(occupancies::table.on(is_report_of()))
        .inner_join(allocations::table.on(allocations::id.eq(occupancies::allocation_id)))
        .inner_join(applications::table.on(applications::id.eq(allocations::application_id)))
        .filter(sales_reports::edition_id.eq(edition))
        .into_boxed();
    if let Some((last_day, last)) = after {
        query = query.filter(day.gt(last_day).or(day.eq(last_day).and(id.gt(last))));
    }
    query
        .order((day, id))
        .limit(limit)
        .select((
            id,
            day,
            booths::id,
            booths::code,
            zones::name,
            applications::exhibitor_id,
            sales_reports::amount,
            sales_reports::ocop_amount,
            sales_reports::state,
        ))
        .load(tx.conn())
}

/// All reports of an edition: at most booths × opening days.
pub fn find_by_edition(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<ReportRow>> {
    sales_reports::table.filter(sales_reports::edition_id.eq(edition)).select(ReportRow::as_select()).load(tx.conn())
}

/// Main exhibitor of a booth on a day.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Occupant {
    pub booth: BoothId,
    pub day: Day,
    pub name: String,
}

/// Main exhibitors of all occupied booths and days, by day.
pub fn find_occupants(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<Occupant>> {
    occupancies::table
        .inner_join(allocations::table.inner_join(applications::table.inner_join(exhibitors::table)))
        .filter(occupancies::edition_id.eq(edition))
        .order((occupancies::day, occupancies::booth_id))
        .select((occupancies::booth_id, occupancies::day, exhibitors::name))
        .load(tx.conn())
}

/// A report that is missing: an occupied booth and day without one, and the main exhibitor of that day.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct MissingReport {
    /// Booth code.
    pub booth: String,
    pub day: Day,
    pub exhibitor: ExhibitorId,
    pub exhibitor_name: String,
}

/// Missing reports of these opening days, by booth code and day.
pub fn find_missing(tx: &mut Tx<'_>, edition: EditionId, days: &[Day]) -> QueryResult<Vec<MissingReport>> {
    occupancies::table
        .inner_join(booths::table.on(booths::id.eq(occupancies::booth_id)))
        .inner_join(allocations::table.on(allocations::id.eq(occupancies::allocation_id)))
        .inner_join(applications::table.on(applications::id.eq(allocations::application_id)))
        .inner_join(exhibitors::table.on(exhibitors::id.eq(applications::exhibitor_id)))
        .left_join(sales_reports::table.on(is_report_of()))
        .filter(occupancies::edition_id.eq(edition))
        .filter(occupancies::day.eq_any(days))
        .filter(sales_reports::id.is_null())
        .order((booths::code_order, occupancies::day))
        .select((booths::code, occupancies::day, exhibitors::id, exhibitors::name))
        .load(tx.conn())
}

/// Exhibitors reminded on a day.
pub fn find_reminded(tx: &mut Tx<'_>, edition: EditionId, day: Day) -> QueryResult<Vec<ExhibitorId>> {
    sales_reminders::table
        .filter(sales_reminders::edition_id.eq(edition))
        .filter(sales_reminders::sent_on.eq(day))
        .select(sales_reminders::exhibitor_id)
        .load(tx.conn())
}

/// Records reminders. A second one for an exhibitor and day violates the primary key.
pub fn insert_reminders(tx: &mut Tx<'_>, edition: EditionId, day: Day, exhibitors: &[ExhibitorId]) -> QueryResult<()> {
    let row = |exhibitor: &ExhibitorId| {
        (
            sales_reminders::edition_id.eq(edition),
            sales_reminders::exhibitor_id.eq(*exhibitor),
            sales_reminders::sent_on.eq(day),
        )
    };
    let rows: Vec<_> = exhibitors.iter().map(row).collect();
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(sales_reminders::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Days on which an exhibitor was reminded, with the edition.
pub fn find_reminder_days(tx: &mut Tx<'_>, exhibitor: ExhibitorId) -> QueryResult<Vec<(EditionId, Day)>> {
    sales_reminders::table
        .filter(sales_reminders::exhibitor_id.eq(exhibitor))
        .select((sales_reminders::edition_id, sales_reminders::sent_on))
        .load(tx.conn())
}

/// Moves the reminders of editions from one record of an organiser to another.
pub fn move_reminders(
    tx: &mut Tx<'_>,
    (from, to): (ExhibitorId, ExhibitorId),
    editions: &[EditionId],
) -> QueryResult<usize> {
    let reminders = sales_reminders::table
        .filter(sales_reminders::exhibitor_id.eq(from))
        .filter(sales_reminders::edition_id.eq_any(editions));
    diesel::update(reminders).set(sales_reminders::exhibitor_id.eq(to)).execute(tx.conn())
}
