//! JSON representation of an edition.
use chrono::{DateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::store::{self, EditionRow, OpeningDayRow};
use crate::venues;
use hoicho_core::{
    db::Tx,
    states::{EditionPhase, EditionState},
    values::{
        clock::{Day, Instant},
        ids::{AllocationRunId, EditionId, OrganiserId, SeriesId, VenueId},
    },
};
use hoicho_web::http::Problem;

/// An opening day, in the edition's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpeningDay {
    /// Of the years 2000 to 2100; each day once.
    #[schema(value_type = chrono::NaiveDate)]
    pub day: Day,
    /// `HH:MM:SS`.
    #[schema(value_type = String, example = "08:00:00")]
    pub opens_at: NaiveTime,
    /// After `opens_at`.
    #[schema(value_type = String, example = "21:30:00")]
    pub closes_at: NaiveTime,
}

/// Venue of an edition.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct EditionVenue {
    /// Made by the server.
    pub id: VenueId,
    /// Name of the place.
    pub name: String,
    /// Postal address as one text.
    pub address: String,
}

/// An edition.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EditionView {
    /// Made by the server; paths accept the slug as well.
    pub id: EditionId,
    /// Unique name for addresses: 3 to 80 lower-case letters, digits and hyphens. Never changes.
    pub slug: String,
    /// 1 to 200 characters.
    pub name: String,
    /// Where it takes place; `null` while it is not decided.
    pub venue: Option<EditionVenue>,
    /// The organiser that holds it.
    pub organiser: OrganiserId,
    /// The series whose editions it is compared with; `null` if there is none.
    pub series: Option<SeriesId>,
    /// `draft` is seen by staff only; `finalised` and `cancelled` never change again.
    pub state: EditionState,
    /// Follows from the dates; only while published.
    pub phase: Option<EditionPhase>,
    /// When registration opens; `null` while it is not decided.
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub registration_opens_at: Option<DateTime<Utc>>,
    /// When registration closes; `null` for the start of the first opening day.
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub registration_closes_at: Option<DateTime<Utc>>,
    /// When it was ended before its last opening day was over. Days that began later were not held.
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it was ended early.
    pub end_reason: Option<String>,
    /// IANA time zone in which days and hours are meant.
    pub time_zone: String,
    /// ISO 4217 code of all amounts. Never changes.
    pub currency: String,
    /// Declared total for an edition without individual booths.
    pub declared_booths: Option<i32>,
    /// Declared total for an edition without individual counts.
    pub declared_visits: Option<i64>,
    /// Declared total for an edition without individual reports, in minor units.
    pub declared_sales: Option<i64>,
    /// Allocation run whose policy offers released booths to the waiting list, if enabled.
    pub waiting_list_run: Option<AllocationRunId>,
    /// In chronological order, not always consecutive; absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening_days: Option<Vec<OpeningDay>>,
}

pub(super) fn day_views(rows: Vec<OpeningDayRow>) -> Vec<OpeningDay> {
    rows.into_iter().map(|d| OpeningDay { day: d.day, opens_at: d.opens_at, closes_at: d.closes_at }).collect()
}

fn view(row: EditionRow, now: Instant, venue: Option<EditionVenue>, days: Option<Vec<OpeningDay>>) -> EditionView {
    let phase = row.phase(now);
    EditionView {
        id: row.id,
        slug: row.slug,
        name: row.name,
        venue,
        organiser: row.organiser_id,
        series: row.series_id,
        state: row.state,
        phase,
        registration_opens_at: row.schedule.registration_opens_at.map(|at| at.and_utc()),
        registration_closes_at: row.schedule.registration_closes_at.map(|at| at.and_utc()),
        ended_at: row.schedule.ended_at.map(|at| at.and_utc()),
        end_reason: row.end_reason,
        time_zone: row.time_zone,
        currency: row.currency,
        declared_booths: row.declared_booths,
        declared_visits: row.declared_visits,
        declared_sales: row.declared_sales,
        waiting_list_run: row.waiting_list_run_id,
        opening_days: days,
    }
}

/// The version and the view of an edition with its opening days, at `now`.
pub fn load_view(tx: &mut Tx<'_>, id: EditionId, now: Instant) -> Result<(i32, EditionView), Problem> {
    let row = store::find(tx, id)?;
    let version = row.version;
    let days = day_views(store::list_days(tx, id)?);
    let view = load_views(tx, vec![row], now)?.pop().ok_or(hoicho_web::http::Code::NotFound)?;
    Ok((version, EditionView { opening_days: Some(days), ..view }))
}

/// Views of editions with their venues.
pub(super) fn load_views(tx: &mut Tx<'_>, rows: Vec<EditionRow>, now: Instant) -> Result<Vec<EditionView>, Problem> {
    let ids: Vec<_> = rows.iter().filter_map(|r| r.venue_id).collect();
    let venues = venues::store::list_by_ids(tx, &ids)?;
    let venue = |id: Option<VenueId>| {
        let row = venues.iter().find(|v| Some(v.id) == id)?;
        Some(EditionVenue { id: row.id, name: row.name.clone(), address: row.address.clone() })
    };
    Ok(rows.into_iter().map(|row| (venue(row.venue_id), row)).map(|(venue, row)| view(row, now, venue, None)).collect())
}
