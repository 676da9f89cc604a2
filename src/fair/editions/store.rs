//! Every query on editions and their opening days.
use chrono::NaiveTime;
use diesel::prelude::*;

use super::lifecycle::EditionState;
use hoicho_core::{
    db::{Conn, Tx, schema::*},
    i18n::Said,
    on_either,
    values::{
        clock::{Day, Instant},
        ids::{AllocationRunId, EditionId, OrganiserId, SeriesId, VenueId},
    },
};
use hoicho_web::http::{Code, Problem};

/// An edition as it is kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = editions, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct EditionRow {
    /// Identifier.
    pub id: EditionId,
    /// Whose.
    pub organiser_id: OrganiserId,
    /// Compared with the editions of this series.
    pub series_id: Option<SeriesId>,
    /// In addresses.
    pub slug: String,
    /// As people call it.
    pub name: String,
    /// Where; of the same organiser (foreign key).
    pub venue_id: Option<VenueId>,
    /// Life cycle.
    pub state: EditionState,
    /// IANA.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// A total whose rows are lost.
    pub declared_booths: Option<i32>,
    /// A total whose rows are lost.
    pub declared_visits: Option<i64>,
    /// A total whose rows are lost, minor units.
    pub declared_sales: Option<i64>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: Instant,
    /// The round whose policy offers booths that come free to the waiting list.
    pub waiting_list_run_id: Option<AllocationRunId>,
}

/// One day the edition is open.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = opening_days)]
pub struct OpeningDayRow {
    /// Whose.
    pub edition_id: EditionId,
    /// In the edition's time zone.
    pub day: Day,
    /// Local time.
    pub opens_at: NaiveTime,
    /// Local time.
    pub closes_at: NaiveTime,
}

/// Fails on a slug in use and on a series of another organiser.
pub fn insert(tx: &mut Tx<'_>, row: &EditionRow) -> QueryResult<usize> {
    diesel::insert_into(editions::table).values(row).execute(tx.conn())
}

/// One edition.
pub fn find(tx: &mut Tx<'_>, id: EditionId) -> QueryResult<EditionRow> {
    editions::table.find(id).select(EditionRow::as_select()).get_result(tx.conn())
}

/// The edition of this slug.
pub fn by_slug(tx: &mut Tx<'_>, slug: &str) -> QueryResult<EditionId> {
    editions::table.filter(editions::slug.eq(slug)).select(editions::id).get_result(tx.conn())
}

/// Which editions a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// Those everybody may see.
    Public(Option<OrganiserId>),
    /// All of one's own organiser, drafts too.
    Own(OrganiserId),
}

type Chosen<'q> = diesel::helper_types::IntoBoxed<'q, editions::table, hoicho_core::db::types::Multi>;

fn shown_in<'q>(listed: Listed) -> Chosen<'q> {
    let all = editions::table.into_boxed();
    match listed {
        Listed::Public(None) => all.filter(editions::state.ne(EditionState::Draft)),
        Listed::Public(Some(organiser)) => {
            all.filter(editions::state.ne(EditionState::Draft)).filter(editions::organiser_id.eq(organiser))
        }
        Listed::Own(organiser) => all.filter(editions::organiser_id.eq(organiser)),
    }
}

/// Editions by slug, after `after`.
pub fn page(tx: &mut Tx<'_>, listed: Listed, after: &str, limit: i64) -> QueryResult<Vec<EditionRow>> {
    let query = shown_in(listed).filter(editions::slug.gt(after));
    query.order(editions::slug).limit(limit).select(EditionRow::as_select()).load(tx.conn())
}

/// Those of these editions that the list shows, by slug.
pub fn by_ids(tx: &mut Tx<'_>, listed: Listed, ids: &[EditionId]) -> QueryResult<Vec<EditionRow>> {
    let query = shown_in(listed);
    query.filter(editions::id.eq_any(ids)).order(editions::slug).select(EditionRow::as_select()).load(tx.conn())
}

/// Writes an edition anew, one version on, unless somebody else did since `seen`.
pub fn replace(tx: &mut Tx<'_>, row: &EditionRow, seen: i32) -> QueryResult<bool> {
    let unchanged = editions::table.find(row.id).filter(editions::version.eq(seen));
    Ok(diesel::update(unchanged).set(row).execute(tx.conn())? == 1)
}

/// Removes an edition with nothing but opening days (foreign keys).
pub fn delete(tx: &mut Tx<'_>, id: EditionId) -> QueryResult<usize> {
    diesel::delete(opening_days::table.filter(opening_days::edition_id.eq(id))).execute(tx.conn())?;
    diesel::delete(imports::table.filter(imports::edition_id.eq(id))).execute(tx.conn())?;
    // What happened to it stays in the audit log of its organiser.
    diesel::update(audit_log::table.filter(audit_log::edition_id.eq(id)))
        .set(audit_log::edition_id.eq(None::<EditionId>))
        .execute(tx.conn())?;
    diesel::delete(editions::table.find(id)).execute(tx.conn())
}

/// The edition, held so that its state cannot change before this transaction ends; refused once it is over.
pub fn open_for_change(tx: &mut Tx<'_>, id: EditionId) -> Result<EditionRow, Problem> {
    let row = match tx.conn() {
        // The one writer of SQLite holds everything already.
        Conn::Sqlite(c) => editions::table.find(id).select(EditionRow::as_select()).get_result(c)?,
        Conn::Postgres(c) => editions::table.find(id).select(EditionRow::as_select()).for_share().get_result(c)?,
    };
    refuse_unless_open(row.state)?;
    Ok(row)
}

/// The same for who needs to know no more of it than that.
pub fn hold_open(tx: &mut Tx<'_>, id: EditionId) -> Result<EditionId, Problem> {
    let state = match tx.conn() {
        Conn::Sqlite(c) => editions::table.find(id).select(editions::state).get_result(c)?,
        Conn::Postgres(c) => editions::table.find(id).select(editions::state).for_share().get_result(c)?,
    };
    refuse_unless_open(state)?;
    Ok(id)
}

fn refuse_unless_open(state: EditionState) -> Result<(), Problem> {
    if state.is_open() {
        return Ok(());
    }
    Err(Problem::new(Code::EditionFinalised, Said("the-edition-is-finalised-or-cancelled-nothing")))
}

/// Moves an edition on, unless somebody else moved it meanwhile.
pub fn set_state(tx: &mut Tx<'_>, id: EditionId, from: EditionState, to: EditionState) -> QueryResult<bool> {
    let changed = diesel::update(editions::table.find(id).filter(editions::state.eq(from)))
        .set((editions::state.eq(to), editions::version.eq(editions::version + 1)))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// By which run booths that come free are offered to the waiting list.
pub fn set_waiting_list_run(tx: &mut Tx<'_>, id: EditionId, run: Option<AllocationRunId>) -> QueryResult<usize> {
    diesel::update(editions::table.find(id))
        .set((editions::waiting_list_run_id.eq(run), editions::version.eq(editions::version + 1)))
        .execute(tx.conn())
}

/// Counts a change, unless `seen` is stale.
pub fn touch(tx: &mut Tx<'_>, id: EditionId) -> QueryResult<usize> {
    diesel::update(editions::table.find(id)).set(editions::version.eq(editions::version + 1)).execute(tx.conn())
}

/// Opening days in order.
pub fn days(tx: &mut Tx<'_>, id: EditionId) -> QueryResult<Vec<OpeningDayRow>> {
    opening_days::table
        .filter(opening_days::edition_id.eq(id))
        .order(opening_days::day)
        .select(OpeningDayRow::as_select())
        .load(tx.conn())
}

/// Opening days of several editions, in order.
pub fn days_of(tx: &mut Tx<'_>, ids: &[EditionId]) -> QueryResult<Vec<OpeningDayRow>> {
    opening_days::table
        .filter(opening_days::edition_id.eq_any(ids))
        .order((opening_days::edition_id, opening_days::day))
        .select(OpeningDayRow::as_select())
        .load(tx.conn())
}

/// Sets the opening days: changes hours, adds days, takes away those not named. A day with reports or
/// counts cannot be taken away (foreign key).
pub fn put_days(tx: &mut Tx<'_>, id: EditionId, days: &[OpeningDayRow]) -> QueryResult<()> {
    let kept: Vec<Day> = days.iter().map(|d| d.day).collect();
    let of_edition = opening_days::table.filter(opening_days::edition_id.eq(id));
    diesel::delete(of_edition.filter(opening_days::day.ne_all(&kept))).execute(tx.conn())?;
    let mut added = Vec::new();
    for day in days {
        let hours = (opening_days::opens_at.eq(day.opens_at), opening_days::closes_at.eq(day.closes_at));
        if diesel::update(opening_days::table.find((id, day.day))).set(hours).execute(tx.conn())? == 0 {
            added.push(*day);
        }
    }
    if !added.is_empty() {
        on_either!(tx, |c| diesel::insert_into(opening_days::table).values(&added).execute(c))?;
    }
    Ok(())
}

/// The edition of the same series whose first day comes last before `day`.
pub fn previous_in_series(tx: &mut Tx<'_>, row: &EditionRow, day: Day) -> QueryResult<Option<EditionRow>> {
    let Some(series) = row.series_id else { return Ok(None) };
    editions::table
        .inner_join(opening_days::table.on(opening_days::edition_id.eq(editions::id)))
        .filter(editions::series_id.eq(series))
        .filter(editions::id.ne(row.id))
        .filter(editions::state.ne(EditionState::Cancelled))
        .filter(opening_days::day.lt(day))
        .order(opening_days::day.desc())
        .select(EditionRow::as_select())
        .first(tx.conn())
        .optional()
}
