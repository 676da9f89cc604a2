//! Editions: one holding of a fair, with its opening days and lifecycle.
//!
//! Invariants: a slug is unique; opening days need not be consecutive; the state changes only along the transitions of
//! [`lifecycle`]; the phase of a published edition follows from its dates ([`schedule`]); a finalised edition does not change
//! ([`store::lock_open`]).

pub(crate) mod archive;
pub mod audited;
mod boundaries;
mod hooks;
pub mod lifecycle;
pub mod owners;
mod routes;
pub mod schedule;
pub mod store;

pub use boundaries::{find_due, record_due};
pub use hooks::{OnDaysChanged, OnFinalise};
pub use routes::{
    ApiDoc, EditionView, OpeningDay, load_view, routes, validate_currency, validate_days, validate_declared,
    validate_time_zone,
};
