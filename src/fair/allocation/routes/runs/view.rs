//! JSON view of an allocation run.
use serde::Serialize;

use super::super::super::runs::{Policy, store::AllocationRunRow};
use hoicho_core::{
    states::RunState,
    values::ids::{AllocationRunId, EditionId, UserId},
};

/// An allocation run: request, progress and totals of the proposal.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct RunView {
    /// Made by the server; sorts by start.
    pub id: AllocationRunId,
    /// The edition whose booths it gives.
    pub edition: EditionId,
    /// How it gives booths.
    pub policy: Policy,
    /// The run that it was started from; `null` if there was none.
    pub based_on: Option<AllocationRunId>,
    /// `proposed` can be applied; `failed`, `cancelled` and `applied` are final.
    pub state: RunState,
    /// The request that started the run.
    #[schema(value_type = Object)]
    pub request: serde_json::Value,
    /// Progress in basis points.
    pub done_bp: i32,
    /// Number of applications in the run.
    pub applications: i32,
    /// Applications served: so far, or by the proposal.
    pub served: i32,
    /// Upper bound on `served`.
    pub served_bound: Option<i32>,
    /// Σ points × wish value: a first wish counts 20 times the points, the twentieth once.
    pub value: i64,
    /// Upper bound on `value` of assignments that serve as many.
    pub value_bound: Option<i64>,
    /// Optimality gap in parts per million of a weighted total, in which an application served counts the highest wish
    /// value plus one.
    pub gap_ppm: Option<i32>,
    /// Number of applications whose booths change.
    pub moved: i32,
    /// `done`, `time` or `cancelled`.
    pub ended_by: Option<String>,
    /// Who started it.
    pub created_by: UserId,
    /// When it was started, RFC 3339 in UTC.
    #[schema(value_type = String)]
    pub created_at: chrono::DateTime<chrono::Utc>,
    /// When the computation ended, RFC 3339 in UTC; `null` while it is `running`.
    #[schema(value_type = Option<String>)]
    pub finished_at: Option<chrono::DateTime<chrono::Utc>>,
}

pub(super) fn view(row: AllocationRunRow) -> RunView {
    RunView {
        id: row.id,
        edition: row.edition_id,
        policy: row.policy,
        based_on: row.based_on_id,
        state: row.state,
        request: serde_json::from_str(&row.request).unwrap_or_default(),
        done_bp: row.done_bp,
        applications: row.applications,
        served: row.served,
        served_bound: row.served_bound,
        value: row.total_value,
        value_bound: row.value_bound,
        gap_ppm: row.gap_ppm,
        moved: row.moved,
        ended_by: row.ended_by,
        created_by: row.created_by,
        created_at: row.created_at.and_utc(),
        finished_at: row.finished_at.map(|at| at.and_utc()),
    }
}
