//! Allocation: which booth is whose. To release a booth, see `release` in `steps.rs`.
//!
//! Invariants: a booth has at most one active allocation (the unique index
//! `allocations_booth_id_active_key`); several booths of one allocation stand side by side unless the
//! organiser says otherwise; a hold or offer past its time is as good as gone.
mod expire;
mod hold;
pub mod lifecycle;
mod routes;
mod steps;
pub mod store;
mod swap;
pub use expire::expire_due;
pub use lifecycle::AllocationState;
pub use routes::{ApiDoc, routes};
