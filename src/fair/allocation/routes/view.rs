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
    pub id: AllocationId,
    pub booth: BoothId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booth_code: Option<String>,
    pub application: ApplicationId,
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
