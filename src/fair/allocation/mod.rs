//! Allocation: which booth is whose. To release a booth, see `release` in `steps.rs`.
//!
//! Invariants: a booth has at most one active allocation (the unique index
//! `allocations_booth_id_active_key`); several booths of one allocation stand side by side unless the
//! organiser says otherwise; nobody stands in a zone that is not for them unless the organiser says why; a hold or
//! offer past its time is as good as gone; a withdrawn application holds no booth.
mod expire;
pub mod hold;
pub mod lifecycle;
pub mod owners;
pub mod participants;
mod relocate;
pub mod rounds;
mod routes;
mod steps;
pub mod store;
mod swap;
mod withdraw;
pub use expire::expire_due;
pub use lifecycle::AllocationState;
pub use routes::{ApiDoc, routes};
