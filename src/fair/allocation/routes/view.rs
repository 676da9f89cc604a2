//! JSON view of an allocation.
use serde::Serialize;

use super::super::store::AllocationRow;
use hoicho_core::{
    states::AllocationState,
    values::ids::{AllocationId, ApplicationId, BoothId},
};

/// Allocation of a booth to an application.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct AllocationView {
    /// Made by the server; sorts by creation.
    pub id: AllocationId,
    /// The booth; a move or a swap changes it.
    pub booth: BoothId,
    /// Code of the booth; only in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booth_code: Option<String>,
    /// The application that has the booth.
    pub application: ApplicationId,
    /// `held`, `offered`, `confirmed` and `checked_in` claim the booth; the others have ended.
    pub state: AllocationState,
    /// Expiry of a hold or an offer.
    #[schema(value_type = Option<String>)]
    pub expires_at: Option<chrono::DateTime<chrono::Utc>>,
}

pub(super) fn view(row: AllocationRow, booth_code: Option<String>) -> AllocationView {
    AllocationView {
        id: row.id,
        booth: row.booth_id,
        booth_code,
        application: row.application_id,
        state: row.state,
        expires_at: row.expires_at.map(|at| at.and_utc()),
    }
}
