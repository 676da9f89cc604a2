//! Queries on editions and their opening days.
use chrono::{NaiveDateTime, NaiveTime, TimeZone};
use diesel::prelude::*;

use hoicho_core::{
    db::{Conn, Tx, schema::*},
    i18n::MessageId,
    on_either,
    states::{EditionPhase, EditionState},
    values::{
        clock::{Day, Instant},
        ids::{AllocationRunId, EditionId, OrganiserId, SeriesId, VenueId},
    },
};
use hoicho_web::{
    http::{Code, Problem},
    identity::members,
};

use super::schedule::{self, Schedule, to_instant};

/// A stored edition.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = editions, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct EditionRow {
    /// Identifier.
    pub id: EditionId,
    /// Whose.
    pub organiser_id: OrganiserId,
    /// Series whose editions it is compared with.
    pub series_id: Option<SeriesId>,
    /// Unique name in URLs.
    pub slug: String,
    /// Name.
    pub name: String,
    /// Venue of the same organiser (foreign key).
    pub venue_id: Option<VenueId>,
    /// State in the lifecycle.
    pub state: EditionState,
    /// IANA time zone.
    pub time_zone: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Declared total for an edition without individual booths.
    pub declared_booths: Option<i32>,
    /// Declared total for an edition without individual counts.
    pub declared_visits: Option<i64>,
    /// Declared total for an edition without individual reports, in minor units.
    pub declared_sales: Option<i64>,
    /// Dates that decide the phase.
    #[diesel(embed)]
    pub schedule: Schedule,
    /// Why it was ended early.
    pub end_reason: Option<String>,
    /// The phase that was announced last, while published.
    pub recorded_phase: Option<EditionPhase>,
    /// When [`super::boundaries`] and the response cache look at it next, while published.
    pub next_boundary_at: Option<Instant>,
    /// Incremented by every change; the basis of `ETag` and `If-Match`.
    pub version: i32,
    /// Creation time.
    pub created_at: Instant,
    /// Allocation run whose policy offers released booths to the waiting list.
    pub waiting_list_run_id: Option<AllocationRunId>,
}

impl EditionRow {
    /// The time zone. It is validated when it is set.
    pub fn zone(&self) -> Result<chrono_tz::Tz, Problem> {
        self.time_zone.parse().map_err(|_| Code::Internal.into())
    }

    /// The phase at `now`; `None` unless published.
    pub fn phase(&self, now: Instant) -> Option<EditionPhase> {
        match self.state {
            EditionState::Published => Some(self.schedule.phase(now)),
            EditionState::Draft | EditionState::Finalised | EditionState::Cancelled => None,
        }
    }

    /// Whether exhibitors may apply at `now`.
    pub fn accepts_applications(&self, now: Instant) -> bool {
        self.state == EditionState::Published && self.schedule.accepts_applications(now)
    }

    /// The days that count at `now`, of all `days` of this edition: see [`schedule::days_held`].
    pub fn days_held(&self, days: &[OpeningDayRow], now: Instant) -> Result<Vec<Day>, Problem> {
        let days = days.iter().map(|d| (d.day, d.opens_at));
        Ok(schedule::days_held(&self.schedule, self.zone()?, days, now))
    }

    /// The local time at `now`.
    pub fn local_time(&self, now: Instant) -> Result<NaiveDateTime, Problem> {
        Ok(self.zone()?.from_utc_datetime(&now).naive_local())
    }
}

/// An opening day of an edition.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = opening_days)]
pub struct OpeningDayRow {
    /// Whose.
    pub edition_id: EditionId,
    /// Date in the edition's time zone.
    pub day: Day,
    /// Local time.
    pub opens_at: NaiveTime,
    /// Local time.
    pub closes_at: NaiveTime,
}

/// # Errors
/// A slug in use (unique key), or a series of another organiser (foreign key).
pub fn insert(tx: &mut Tx<'_>, row: &EditionRow) -> QueryResult<usize> {
    diesel::insert_into(editions::table).values(row).execute(tx.conn())
}

/// The edition with this identifier.
pub fn find(tx: &mut Tx<'_>, id: EditionId) -> QueryResult<EditionRow> {
    editions::table.find(id).select(EditionRow::as_select()).get_result(tx.conn())
}

/// The edition with this slug.
pub fn find_by_slug(tx: &mut Tx<'_>, slug: &str) -> QueryResult<EditionId> {
    editions::table.filter(editions::slug.eq(slug)).select(editions::id).get_result(tx.conn())
}

/// Visibility filter of a list of editions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    /// Public ones, optionally of one organiser.
    Public(Option<OrganiserId>),
    /// All of an organiser, including drafts, for its staff.
    Staff(OrganiserId),
    /// Public ones of an organiser, and these of its drafts, for an API key that is restricted to editions.
    Drafts(OrganiserId, Vec<EditionId>),
}

type EditionQuery<'q> = diesel::helper_types::IntoBoxed<'q, editions::table, hoicho_core::db::types::Multi>;

fn visible<'q>(listed: Visibility) -> EditionQuery<'q> {
    let all = editions::table.into_boxed();
    match listed {
        Visibility::Public(None) => all.filter(editions::state.ne(EditionState::Draft)),
        Visibility::Public(Some(organiser)) => {
            all.filter(editions::state.ne(EditionState::Draft)).filter(editions::organiser_id.eq(organiser))
        }
        Visibility::Staff(organiser) => all.filter(editions::organiser_id.eq(organiser)),
        Visibility::Drafts(organiser, drafts) => all
            .filter(editions::organiser_id.eq(organiser))
            .filter(editions::state.ne(EditionState::Draft).or(editions::id.eq_any(drafts))),
    }
}

/// A page of editions, ordered by slug, after `after`.
pub fn list_page(tx: &mut Tx<'_>, listed: Visibility, after: &str, limit: i64) -> QueryResult<Vec<EditionRow>> {
    let query = visible(listed).filter(editions::slug.gt(after));
    query.order(editions::slug).limit(limit).select(EditionRow::as_select()).load(tx.conn())
}

/// Those of these editions that pass the filter, ordered by slug.
pub fn list_by_ids(tx: &mut Tx<'_>, listed: Visibility, ids: &[EditionId]) -> QueryResult<Vec<EditionRow>> {
    let query = visible(listed);
    query.filter(editions::id.eq_any(ids)).order(editions::slug).select(EditionRow::as_select()).load(tx.conn())
}

/// Updates an edition if its stored version is still `seen`; otherwise returns `false`.
pub fn update(tx: &mut Tx<'_>, row: &EditionRow, seen: i32) -> QueryResult<bool> {
    let same_version = editions::table.find(row.id).filter(editions::version.eq(seen));
    Ok(diesel::update(same_version).set(row).execute(tx.conn())? == 1)
}

/// Deletes an edition that has nothing but opening days and imports (foreign keys).
pub fn delete(tx: &mut Tx<'_>, id: EditionId) -> QueryResult<usize> {
    diesel::delete(opening_days::table.filter(opening_days::edition_id.eq(id))).execute(tx.conn())?;
    diesel::delete(imports::table.filter(imports::edition_id.eq(id))).execute(tx.conn())?;
    members::delete_of_edition(tx, id)?;
    // Its entries remain in the audit log of the organiser.
    diesel::update(audit_log::table.filter(audit_log::edition_id.eq(id)))
        .set(audit_log::edition_id.eq(None::<EditionId>))
        .execute(tx.conn())?;
    diesel::delete(editions::table.find(id)).execute(tx.conn())
}

/// The edition, with an exclusive lock: nothing of it changes before the transaction ends.
///
/// # Errors
/// [`Code::EditionFinalised`] for a finalised or cancelled edition.
pub fn lock_exclusive(tx: &mut Tx<'_>, id: EditionId) -> Result<EditionRow, Problem> {
    let row = match tx.conn() {
        Conn::Sqlite(c) => editions::table.find(id).select(EditionRow::as_select()).get_result(c)?,
        Conn::Postgres(c) => editions::table.find(id).select(EditionRow::as_select()).for_update().get_result(c)?,
    };
    require_open(row.state)?;
    Ok(row)
}

/// The edition, with a shared lock so that its state cannot change before the transaction ends.
///
/// # Errors
/// [`Code::EditionFinalised`] for a finalised or cancelled edition.
pub fn lock_open(tx: &mut Tx<'_>, id: EditionId) -> Result<EditionRow, Problem> {
    let row = match tx.conn() {
        // A write transaction of SQLite locks the database already.
        Conn::Sqlite(c) => editions::table.find(id).select(EditionRow::as_select()).get_result(c)?,
        Conn::Postgres(c) => editions::table.find(id).select(EditionRow::as_select()).for_share().get_result(c)?,
    };
    require_open(row.state)?;
    Ok(row)
}

/// The edition without a lock, for a plan that is checked again when it is written.
///
/// # Errors
/// [`Code::EditionFinalised`] for a finalised or cancelled edition.
pub fn find_open(tx: &mut Tx<'_>, id: EditionId) -> Result<EditionRow, Problem> {
    let row = find(tx, id)?;
    require_open(row.state)?;
    Ok(row)
}

/// [`lock_open`] that reads only the state.
pub fn lock_open_id(tx: &mut Tx<'_>, id: EditionId) -> Result<EditionId, Problem> {
    let state = match tx.conn() {
        Conn::Sqlite(c) => editions::table.find(id).select(editions::state).get_result(c)?,
        Conn::Postgres(c) => editions::table.find(id).select(editions::state).for_share().get_result(c)?,
    };
    require_open(state)?;
    Ok(id)
}

fn require_open(state: EditionState) -> Result<(), Problem> {
    if state.is_open() {
        return Ok(());
    }
    Err(Problem::new(Code::EditionFinalised, MessageId("error-edition-closed")))
}

/// Changes the state if it is still `from`; otherwise returns `false`.
pub fn set_state(
    tx: &mut Tx<'_>,
    id: EditionId,
    from: EditionState,
    to: EditionState,
    now: Instant,
) -> Result<bool, Problem> {
    let updated = diesel::update(editions::table.find(id).filter(editions::state.eq(from)))
        .set((editions::state.eq(to), editions::version.eq(editions::version + 1)))
        .execute(tx.conn())?;
    if updated == 1 {
        refresh_schedule(tx, id, now)?;
    }
    Ok(updated == 1)
}

/// Derives the columns that follow from the opening days, the time zone, the state and the dates: start and end of the fair, and when
/// the phase changes next. Must be called after each change of those. A phase that differs from the recorded one is due at once.
pub fn refresh_schedule(tx: &mut Tx<'_>, id: EditionId, now: Instant) -> Result<(), Problem> {
    let row = find(tx, id)?;
    let (zone, days) = (row.zone()?, list_days(tx, id)?);
    let schedule = Schedule {
        first_opens_at: days.first().map(|d| to_instant(zone, d.day.and_time(d.opens_at))),
        last_closes_at: days.last().map(|d| to_instant(zone, d.day.and_time(d.closes_at))),
        ..row.schedule
    };
    let (recorded, next) = match row.state {
        EditionState::Published => {
            let phase = schedule.phase(now);
            let recorded = row.recorded_phase.unwrap_or(phase);
            (Some(recorded), if recorded == phase { schedule.next_boundary(now) } else { Some(now) })
        }
        EditionState::Draft | EditionState::Finalised | EditionState::Cancelled => (None, None),
    };
    set_boundary(tx, id, recorded, next)?;
    diesel::update(editions::table.find(id)).set(schedule).execute(tx.conn())?;
    Ok(())
}

/// Sets the recorded phase and the time of the next boundary.
pub(super) fn set_boundary(
    tx: &mut Tx<'_>,
    id: EditionId,
    recorded: Option<EditionPhase>,
    next: Option<Instant>,
) -> QueryResult<usize> {
    diesel::update(editions::table.find(id))
        .set((editions::recorded_phase.eq(recorded), editions::next_boundary_at.eq(next)))
        .execute(tx.conn())
}

/// Published editions after an edition whose next boundary has passed; at most `limit`.
pub(super) fn find_due(
    tx: &mut Tx<'_>,
    now: Instant,
    after: Option<EditionId>,
    limit: i64,
) -> QueryResult<Vec<EditionId>> {
    editions::table
        .filter(editions::next_boundary_at.le(now))
        .filter(editions::id.gt(after.unwrap_or(EditionId::FIRST)))
        .order(editions::id)
        .limit(limit)
        .select(editions::id)
        .load(tx.conn())
}

/// The edition if its next boundary has passed. Locked; `None` if a concurrent run has locked it.
pub(super) fn lock_due(tx: &mut Tx<'_>, id: EditionId, now: Instant) -> QueryResult<Option<EditionRow>> {
    let due = editions::next_boundary_at.le(now);
    match tx.conn() {
        // A write transaction of SQLite locks the database already.
        Conn::Sqlite(c) => editions::table.find(id).filter(due).select(EditionRow::as_select()).get_result(c),
        Conn::Postgres(c) => editions::table
            .find(id)
            .filter(due)
            .select(EditionRow::as_select())
            .for_update()
            .skip_locked()
            .get_result(c),
    }
    .optional()
}

/// Ends an edition early, or with `None` takes that back.
pub fn set_end(tx: &mut Tx<'_>, id: EditionId, end: Option<(Instant, &str)>) -> QueryResult<usize> {
    let (at, reason) = end.unzip();
    diesel::update(editions::table.find(id))
        .set((editions::ended_at.eq(at), editions::end_reason.eq(reason)))
        .execute(tx.conn())
}

/// Whether anybody has applied. A draft of an application is not the organiser's to know.
pub fn has_applications(tx: &mut Tx<'_>, id: EditionId) -> QueryResult<bool> {
    let submitted =
        applications::table.filter(applications::edition_id.eq(id)).filter(applications::submitted_at.is_not_null());
    diesel::select(diesel::dsl::exists(submitted)).get_result(tx.conn())
}

/// Sets the allocation run whose policy offers released booths to the waiting list.
pub fn set_waiting_list_run(tx: &mut Tx<'_>, id: EditionId, run: Option<AllocationRunId>) -> QueryResult<usize> {
    diesel::update(editions::table.find(id))
        .set((editions::waiting_list_run_id.eq(run), editions::version.eq(editions::version + 1)))
        .execute(tx.conn())
}

/// Increments the version.
pub fn increment_version(tx: &mut Tx<'_>, id: EditionId) -> QueryResult<usize> {
    diesel::update(editions::table.find(id)).set(editions::version.eq(editions::version + 1)).execute(tx.conn())
}

/// Opening days in chronological order.
pub fn list_days(tx: &mut Tx<'_>, id: EditionId) -> QueryResult<Vec<OpeningDayRow>> {
    opening_days::table
        .filter(opening_days::edition_id.eq(id))
        .order(opening_days::day)
        .select(OpeningDayRow::as_select())
        .load(tx.conn())
}

/// Opening days of several editions, in chronological order per edition.
pub fn list_days_of(tx: &mut Tx<'_>, ids: &[EditionId]) -> QueryResult<Vec<OpeningDayRow>> {
    opening_days::table
        .filter(opening_days::edition_id.eq_any(ids))
        .order((opening_days::edition_id, opening_days::day))
        .select(OpeningDayRow::as_select())
        .load(tx.conn())
}

/// Replaces the opening days: updates hours, inserts new days, deletes missing ones. Fails if a deleted day has reports
/// or counts (foreign key).
pub fn replace_days(tx: &mut Tx<'_>, id: EditionId, days: &[OpeningDayRow], now: Instant) -> Result<(), Problem> {
    let remaining: Vec<Day> = days.iter().map(|d| d.day).collect();
    let of_edition = opening_days::table.filter(opening_days::edition_id.eq(id));
    diesel::delete(of_edition.filter(opening_days::day.ne_all(&remaining))).execute(tx.conn())?;
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
    refresh_schedule(tx, id, now)
}

/// The latest edition of the same series with an opening day before `day`, other than cancelled ones.
pub fn find_previous_in_series(tx: &mut Tx<'_>, row: &EditionRow, day: Day) -> QueryResult<Option<EditionRow>> {
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
