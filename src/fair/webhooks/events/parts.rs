//! What several events name.
use hoicho_core::values::ids::{BoothId, EditionId, ExhibitorId};
use serde::{Deserialize, Serialize};

/// The edition of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EventEdition {
    /// Identifier.
    pub id: EditionId,
    /// Name in URLs when the message was created.
    #[schema(example = "ocop-quang-ninh-2026")]
    pub slug: String,
}

/// The booth of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EventBooth {
    /// Identifier.
    pub id: BoothId,
    /// Code on the floor plan when the message was created.
    #[schema(example = "A01")]
    pub code: String,
}

/// The exhibitor of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EventExhibitor {
    /// Identifier.
    pub id: ExhibitorId,
    /// Name when the message was created.
    #[schema(example = "HTX Bình Minh")]
    pub name: String,
}
