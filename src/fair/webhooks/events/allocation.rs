//! Events of allocations.
use serde::Serialize;

use super::parts::{EventBooth, EventEdition, EventExhibitor};
use crate::allocation::participants::ParticipantRole;
use hoicho_core::{
    states::AllocationState,
    values::{
        clock::Day,
        ids::{AllocationId, ApplicationId, ExhibitorId, OrganiserId, ParticipantId},
    },
};
use hoicho_web::audit::ReleaseCause;

/// A booth was offered to an exhibitor.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AllocationOfferedV1Data)]
pub struct AllocationOffered {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// The allocation.
    pub allocation: AllocationId,
    /// The application that it is for.
    pub application: ApplicationId,
    /// The booth.
    pub booth: EventBooth,
    /// Who stands there.
    pub exhibitor: EventExhibitor,
    /// State after the event.
    pub state: AllocationState,
}

/// An exhibitor accepted the offer of a booth.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AllocationConfirmedV1Data)]
pub struct AllocationConfirmed {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// The allocation.
    pub allocation: AllocationId,
    /// The application that it is for.
    pub application: ApplicationId,
    /// The booth.
    pub booth: EventBooth,
    /// Who stands there.
    pub exhibitor: EventExhibitor,
    /// State after the event.
    pub state: AllocationState,
}

/// An exhibitor arrived at its booth.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AllocationCheckedInV1Data)]
pub struct AllocationCheckedIn {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// The allocation.
    pub allocation: AllocationId,
    /// The application that it is for.
    pub application: ApplicationId,
    /// The booth.
    pub booth: EventBooth,
    /// Who stands there.
    pub exhibitor: EventExhibitor,
    /// State after the event.
    pub state: AllocationState,
}

/// An exhibitor has a booth no more: it was released or declined, it expired, or nobody came.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AllocationReleasedV1Data)]
pub struct AllocationReleased {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// The allocation.
    pub allocation: AllocationId,
    /// The application that it is for.
    pub application: ApplicationId,
    /// The booth.
    pub booth: EventBooth,
    /// Who stands there.
    pub exhibitor: EventExhibitor,
    /// State after the event.
    pub state: AllocationState,
    /// Why.
    pub cause: ReleaseCause,
}

/// A move of an allocation.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct EventMove {
    /// The booth before.
    pub from: EventBooth,
    /// The booth now.
    pub to: EventBooth,
    /// Why the rules of the zone were waived, if they were.
    pub waiver_reason: Option<String>,
}

/// A co-exhibitor or a represented company.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct EventParticipant {
    /// Identifier.
    pub id: ParticipantId,
    /// Its role.
    pub role: ParticipantRole,
    /// Only for co-exhibitors.
    pub exhibitor: Option<ExhibitorId>,
    /// Name.
    pub name: String,
    /// ISO 3166-1 alpha-2, upper case.
    #[schema(example = "VN")]
    pub country: String,
    /// First day on the booth; `null`: from the first day of the exhibitor.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    pub first_day: Option<Day>,
    /// Last day on the booth; `null`: to the last day of the exhibitor.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    pub last_day: Option<Day>,
}

/// An allocation was moved to another booth, or its participants changed. One of `moved`, `participant_added` and
/// `participant_removed` is not `null`.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AllocationChangedV1Data)]
pub struct AllocationChanged {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// The allocation.
    pub allocation: AllocationId,
    /// The application that it is for.
    pub application: ApplicationId,
    /// The booth.
    pub booth: EventBooth,
    /// Who stands there.
    pub exhibitor: EventExhibitor,
    /// The move.
    pub moved: Option<EventMove>,
    /// The new participant.
    pub participant_added: Option<EventParticipant>,
    /// The former participant.
    pub participant_removed: Option<EventParticipant>,
}
