//! Every query on sales reports and their versions.
use diesel::prelude::*;

use super::report::ReportState;
use hoicho_core::{
    db::{Tx, schema::*},
    on_either,
    values::{
        clock::{Day, Instant},
        ids::{BoothId, EditionId, ExhibitorId, SalesReportId, UserId},
    },
};

/// The report of one booth and day, as it stands.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sales_reports, treat_none_as_default_value = false)]
pub struct ReportRow {
    /// Identifier.
    pub id: SalesReportId,
    /// In which edition.
    pub edition_id: EditionId,
    /// Which booth.
    pub booth_id: BoothId,
    /// Which opening day.
    pub day: Day,
    /// Life cycle.
    pub state: ReportState,
    /// Minor units.
    pub amount: i64,
    /// Of OCOP goods.
    pub ocop_amount: i64,
    /// The organiser's question.
    pub note: Option<String>,
    /// Counts corrections; 1 is the first report.
    pub version: i32,
    /// Counts every change, the organiser's answers too: what an entity tag says.
    pub revision: i32,
}

/// One version of a report; never changed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sales_report_versions, treat_none_as_default_value = false)]
pub struct VersionRow {
    /// Of which report.
    pub sales_report_id: SalesReportId,
    /// 1 is the first.
    pub version: i32,
    /// Minor units.
    pub amount: i64,
    /// Of OCOP goods.
    pub ocop_amount: i64,
    /// Why it was corrected.
    pub reason: Option<String>,
    /// By whom.
    pub recorded_by: Option<UserId>,
    /// When.
    pub recorded_at: Instant,
}

/// Fails on a second report for a booth and day.
pub fn insert(tx: &mut Tx<'_>, rows: &[ReportRow]) -> QueryResult<()> {
    for part in rows.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(sales_reports::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Adds versions.
pub fn insert_versions(tx: &mut Tx<'_>, rows: &[VersionRow]) -> QueryResult<()> {
    for part in rows.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(sales_report_versions::table).values(part).execute(c))?;
    }
    Ok(())
}

/// The report of a booth and day.
pub fn find(tx: &mut Tx<'_>, edition: EditionId, booth: BoothId, day: Day) -> QueryResult<Option<ReportRow>> {
    sales_reports::table
        .filter(sales_reports::edition_id.eq(edition))
        .filter(sales_reports::booth_id.eq(booth))
        .filter(sales_reports::day.eq(day))
        .select(ReportRow::as_select())
        .get_result(tx.conn())
        .optional()
}

/// Writes a report anew unless somebody else did since `seen`.
pub fn replace(tx: &mut Tx<'_>, row: &ReportRow, seen: i32) -> QueryResult<bool> {
    let unchanged = sales_reports::table.find(row.id).filter(sales_reports::revision.eq(seen));
    let changed = diesel::update(unchanged)
        .set((
            sales_reports::state.eq(row.state),
            sales_reports::amount.eq(row.amount),
            sales_reports::ocop_amount.eq(row.ocop_amount),
            sales_reports::note.eq(row.note.as_deref()),
            sales_reports::version.eq(row.version),
            sales_reports::revision.eq(seen + 1),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// All versions of a report, oldest first.
pub fn history(tx: &mut Tx<'_>, report: SalesReportId) -> QueryResult<Vec<VersionRow>> {
    sales_report_versions::table
        .filter(sales_report_versions::sales_report_id.eq(report))
        .order(sales_report_versions::version)
        .select(VersionRow::as_select())
        .load(tx.conn())
}

/// Which reports a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Of this day.
    pub day: Option<Day>,
    /// Of this booth.
    pub booth: Option<BoothId>,
    /// In this state.
    pub state: Option<ReportState>,
}

/// Reports of an edition with the booths' codes, in the order they came.
pub fn page(
    tx: &mut Tx<'_>,
    edition: EditionId,
    wanted: Wanted,
    after: Option<SalesReportId>,
    limit: i64,
) -> QueryResult<Vec<(ReportRow, String)>> {
    let mut query =
        sales_reports::table.inner_join(booths::table).filter(sales_reports::edition_id.eq(edition)).into_boxed();
    if let Some(day) = wanted.day {
        query = query.filter(sales_reports::day.eq(day));
    }
    if let Some(booth) = wanted.booth {
        query = query.filter(sales_reports::booth_id.eq(booth));
    }
    if let Some(state) = wanted.state {
        query = query.filter(sales_reports::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(sales_reports::id.gt(after));
    }
    query.order(sales_reports::id).limit(limit).select((ReportRow::as_select(), booths::code)).load(tx.conn())
}

/// A report with its place, as it stands.
#[derive(Debug, Clone, Queryable)]
pub struct Reported {
    /// Identifier.
    pub id: SalesReportId,
    /// Which opening day.
    pub day: Day,
    /// Which booth.
    pub booth_id: BoothId,
    /// The booth's code.
    pub booth: String,
    /// The zone's name.
    pub zone: String,
    /// Minor units.
    pub amount: i64,
    /// Of OCOP goods.
    pub ocop_amount: i64,
    /// Life cycle.
    pub state: ReportState,
}

/// Reports of an edition by day, those of a day in the order they came.
pub fn reported(
    tx: &mut Tx<'_>,
    edition: EditionId,
    after: Option<(Day, SalesReportId)>,
    limit: i64,
) -> QueryResult<Vec<Reported>> {
    use sales_reports::{day, id};
    let mut query = sales_reports::table
        .inner_join(booths::table.inner_join(zones::table))
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
            sales_reports::amount,
            sales_reports::ocop_amount,
            sales_reports::state,
        ))
        .load(tx.conn())
}

/// What exhibitors are called.
pub fn names_of(tx: &mut Tx<'_>, who: &[ExhibitorId]) -> QueryResult<Vec<(ExhibitorId, String)>> {
    let mut names = Vec::new();
    for part in who.chunks(500) {
        let found: Vec<_> = exhibitors::table
            .filter(exhibitors::id.eq_any(part))
            .select((exhibitors::id, exhibitors::name))
            .load(tx.conn())?;
        names.extend(found);
    }
    Ok(names)
}

/// All reports of an edition: at most booths × opening days.
pub fn all_of(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<ReportRow>> {
    sales_reports::table.filter(sales_reports::edition_id.eq(edition)).select(ReportRow::as_select()).load(tx.conn())
}

/// The booths of an edition that are let, with their codes and main exhibitors.
pub fn let_booths(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<(BoothId, String, ExhibitorId)>> {
    allocations::table
        .inner_join(booths::table)
        .inner_join(applications::table)
        .filter(allocations::edition_id.eq(edition))
        .filter(allocations::state.eq_any(["confirmed", "checked_in"]))
        .order(booths::code)
        .select((booths::id, booths::code, applications::exhibitor_id))
        .load(tx.conn())
}

/// Exhibitors who were reminded on a day.
pub fn reminded_on(tx: &mut Tx<'_>, edition: EditionId, day: Day) -> QueryResult<Vec<ExhibitorId>> {
    sales_reminders::table
        .filter(sales_reminders::edition_id.eq(edition))
        .filter(sales_reminders::sent_on.eq(day))
        .select(sales_reminders::exhibitor_id)
        .load(tx.conn())
}

/// Notes who is reminded; a second reminder on a day is refused (primary key).
pub fn insert_reminders(tx: &mut Tx<'_>, edition: EditionId, day: Day, to: &[ExhibitorId]) -> QueryResult<()> {
    let row = |exhibitor: &ExhibitorId| {
        (
            sales_reminders::edition_id.eq(edition),
            sales_reminders::exhibitor_id.eq(*exhibitor),
            sales_reminders::sent_on.eq(day),
        )
    };
    let rows: Vec<_> = to.iter().map(row).collect();
    for part in rows.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(sales_reminders::table).values(part).execute(c))?;
    }
    Ok(())
}
