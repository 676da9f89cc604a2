//! What the audit log stores about editions, before and after a change; webhooks read it.
use serde::{Deserialize, Serialize};

use super::store::EditionRow;
use hoicho_core::{
    states::{EditionPhase, EditionState},
    values::{
        clock::Instant,
        ids::{SeriesId, VenueId},
    },
};

/// The state of an edition.
#[derive(Debug, Serialize, Deserialize)]
pub struct AuditedState {
    /// The state.
    pub state: EditionState,
    /// Why it was set.
    pub reason: Option<String>,
}

/// What a request can change in an edition.
#[derive(Debug, Serialize, Deserialize)]
pub struct AuditedEdition {
    /// Name.
    pub name: String,
    /// Series whose editions it is compared with.
    pub series: Option<SeriesId>,
    /// Venue.
    pub venue: Option<VenueId>,
    /// IANA time zone.
    pub time_zone: String,
    /// Declared number of booths.
    pub declared_booths: Option<i32>,
    /// Declared number of visits.
    pub declared_visits: Option<i64>,
    /// Declared sales in minor units.
    pub declared_sales: Option<i64>,
    /// When registration opens.
    pub registration_opens_at: Option<Instant>,
    /// When registration closes.
    pub registration_closes_at: Option<Instant>,
}

impl From<EditionRow> for AuditedEdition {
    fn from(row: EditionRow) -> Self {
        Self {
            name: row.name,
            series: row.series_id,
            venue: row.venue_id,
            time_zone: row.time_zone,
            declared_booths: row.declared_booths,
            declared_visits: row.declared_visits,
            declared_sales: row.declared_sales,
            registration_opens_at: row.schedule.registration_opens_at,
            registration_closes_at: row.schedule.registration_closes_at,
        }
    }
}

/// An early end of an edition.
#[derive(Debug, Serialize, Deserialize)]
pub struct AuditedEnd {
    /// When it was ended; `None` if it was not, or if that was taken back.
    pub ended_at: Option<Instant>,
    /// Why.
    pub reason: Option<String>,
}

/// A phase of an edition.
#[derive(Debug, Serialize, Deserialize)]
pub struct AuditedPhase {
    /// The phase.
    pub phase: EditionPhase,
    /// The boundary at which it began; of the phase before a change, at which it ended.
    pub at: Instant,
}
