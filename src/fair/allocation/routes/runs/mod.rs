//! Endpoints of allocation runs.
pub(super) mod apply;
pub(super) mod cancel;
pub(super) mod compare;
pub(super) mod events;
pub(super) mod list;
pub(super) mod preview;
pub(super) mod proposal;
pub(super) mod start;
mod view;

use actix_web::web;

use hoicho_core::values::ids::AllocationRunId;

/// Path of an allocation run. The edition is authorized by the permit.
type AllocationRunPath = web::Path<(String, AllocationRunId)>;
