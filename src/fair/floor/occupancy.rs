//! Public occupancy of a booth.
use serde::Serialize;

use hoicho_core::states::AllocationState;

/// Whether a booth is taken; public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Occupancy {
    /// No active allocation.
    Free,
    /// Held or offered.
    Reserved,
    /// Confirmed or checked in.
    Let,
}

/// Occupancy of a booth with an allocation in this state.
impl From<AllocationState> for Occupancy {
    fn from(state: AllocationState) -> Self {
        match state {
            AllocationState::Held | AllocationState::Offered => Self::Reserved,
            AllocationState::Confirmed | AllocationState::CheckedIn => Self::Let,
            AllocationState::Released | AllocationState::NoShow | AllocationState::Expired => Self::Free,
        }
    }
}
