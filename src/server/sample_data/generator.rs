//! State of the generation of the sample data.
use rand_chacha::ChaCha8Rng;

use hoicho_core::values::{clock::Instant, ids::*};

/// Time zone of all editions.
pub(super) const TIME_ZONE: chrono_tz::Tz = chrono_tz::Asia::Ho_Chi_Minh;

/// What the generators of the sample data share; each adds its own methods.
pub(super) struct SampleData {
    pub rng: ChaCha8Rng,
    pub organiser: OrganiserId,
    pub owner: UserId,
    pub exhibitor_user: UserId,
    pub now: Instant,
    /// Number of exhibitors created so far; makes names and tax codes unique.
    pub exhibitors: u32,
    pub series: SeriesId,
    pub venues: Vec<(&'static str, VenueId, HallId)>,
}
