//! Events of editions.
use chrono::{DateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::parts::EventEdition;
use hoicho_core::{
    states::{EditionPhase, EditionState},
    values::{
        clock::Day,
        ids::{OrganiserId, SeriesId, VenueId},
        money::Money,
    },
};

/// An edition was published.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = EditionPublishedV1Data)]
pub struct EditionPublished {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// State before.
    pub previous_state: EditionState,
    /// State now.
    pub state: EditionState,
    /// Why, if a reason was given.
    pub reason: Option<String>,
}

/// An edition was cancelled.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = EditionCancelledV1Data)]
pub struct EditionCancelled {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// State before.
    pub previous_state: EditionState,
    /// State now.
    pub state: EditionState,
    /// Why, if a reason was given.
    pub reason: Option<String>,
}

/// The figures of an edition were finalised: they do not change any more.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = FiguresFinalisedV1Data)]
pub struct FiguresFinalised {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// State before.
    pub previous_state: EditionState,
    /// State now.
    pub state: EditionState,
    /// Why, if a reason was given.
    pub reason: Option<String>,
}

/// An opening day, in the edition's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EventOpeningDay {
    /// Date.
    #[schema(value_type = chrono::NaiveDate)]
    pub day: Day,
    /// `HH:MM:SS`.
    #[schema(value_type = String, example = "08:00:00")]
    pub opens_at: NaiveTime,
    /// `HH:MM:SS`, after `opens_at`.
    #[schema(value_type = String, example = "21:30:00")]
    pub closes_at: NaiveTime,
}

/// Values of an edition. Only those that changed are there; `null` is a value that is not set.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
pub struct EventEditionValues {
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// Series whose editions it is compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<Option<SeriesId>>,
    /// Venue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue: Option<Option<VenueId>>,
    /// IANA time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub time_zone: Option<String>,
    /// When registration opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub registration_opens_at: Option<Option<DateTime<Utc>>>,
    /// When registration closes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub registration_closes_at: Option<Option<DateTime<Utc>>>,
    /// Declared number of booths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_booths: Option<Option<i32>>,
    /// Declared number of visits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_visits: Option<Option<i64>>,
    /// Declared sales.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_sales: Option<Option<Money>>,
    /// All opening days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub opening_days: Option<Vec<EventOpeningDay>>,
    /// When it was ended early.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Option<DateTime<Utc>>>,
    /// Why it was ended early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<Option<String>>,
}

/// The name, venue, dates, declared totals or early end of an edition changed.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = EditionChangedV1Data)]
pub struct EditionChanged {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// The changed values before.
    pub before: EventEditionValues,
    /// The changed values now.
    pub after: EventEditionValues,
}

/// A boundary of the edition's dates has passed: registration opens or closes, the fair begins or ends.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = EditionPhaseChangedV1Data)]
pub struct EditionPhaseChanged {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// Phase before; `null` for the first one after publication.
    pub previous_phase: Option<EditionPhase>,
    /// Phase now.
    pub phase: EditionPhase,
    /// The boundary, which may be earlier than the event.
    #[schema(value_type = String, format = DateTime)]
    pub began_at: DateTime<Utc>,
}
