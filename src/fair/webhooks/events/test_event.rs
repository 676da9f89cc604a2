//! The event of a test.
use serde::Serialize;

use hoicho_core::values::ids::{OrganiserId, WebhookId};

/// A test of an endpoint.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = WebhookTestedV1Data)]
pub struct WebhookTested {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The endpoint.
    pub webhook: WebhookId,
    /// Name of the endpoint.
    pub name: String,
}
