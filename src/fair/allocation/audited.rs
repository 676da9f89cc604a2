//! What the audit log stores about allocations, before and after a change; webhooks read it. Steps of an allocation store its state.
use serde::{Deserialize, Serialize};

use super::participants::{ParticipantRole, ParticipantRow};
use hoicho_core::values::{
    clock::Day,
    ids::{AllocationId, BoothId, ExhibitorId, ParticipantId},
};

/// The booth of an allocation that is moved.
#[derive(Debug, Serialize, Deserialize)]
pub struct AuditedMove {
    /// The booth.
    pub booth: BoothId,
    /// Why the allocation may stand in a zone that its exhibitor is not eligible for.
    pub waiver: Option<String>,
}

/// A participant of an allocation.
#[derive(Debug, Serialize, Deserialize)]
pub struct AuditedParticipant {
    /// The allocation.
    pub allocation: AllocationId,
    /// The participant.
    pub id: ParticipantId,
    /// Its role.
    pub role: ParticipantRole,
    /// Only for co-exhibitors.
    pub exhibitor: Option<ExhibitorId>,
    /// Name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// First day on the booth.
    pub first_day: Option<Day>,
    /// Last day on the booth.
    pub last_day: Option<Day>,
}

impl From<&ParticipantRow> for AuditedParticipant {
    fn from(row: &ParticipantRow) -> Self {
        Self {
            allocation: row.allocation_id,
            id: row.id,
            role: row.role,
            exhibitor: row.exhibitor_id,
            name: row.name.clone(),
            country: row.country.clone(),
            first_day: row.first_day,
            last_day: row.last_day,
        }
    }
}
