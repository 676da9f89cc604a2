//! Events of applications.
use serde::Serialize;

use super::parts::{EventEdition, EventExhibitor};
use hoicho_core::{
    states::ApplicationState,
    values::ids::{ApplicationId, OrganiserId},
};

/// An exhibitor submitted an application.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = ApplicationSubmittedV1Data)]
pub struct ApplicationSubmitted {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// The application.
    pub application: ApplicationId,
    /// Whose it is.
    pub exhibitor: EventExhibitor,
    /// State before.
    pub previous_state: ApplicationState,
    /// State now.
    pub state: ApplicationState,
}

/// An application was approved, rejected, waitlisted or withdrawn.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = ApplicationDecidedV1Data)]
pub struct ApplicationDecided {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// The application.
    pub application: ApplicationId,
    /// Whose it is.
    pub exhibitor: EventExhibitor,
    /// State before.
    pub previous_state: ApplicationState,
    /// State now.
    pub state: ApplicationState,
    /// Why, if a reason was given.
    pub reason: Option<String>,
}
