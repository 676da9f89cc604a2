//! Editions: one holding of a fair, with its opening days and lifecycle.
//!
//! Invariants: a slug is unique; opening days need not be consecutive; the state changes only along the transitions of
//! [`lifecycle`]; a finalised edition does not change ([`store::lock_open`]).

pub(crate) mod archive;
mod hooks;
pub mod lifecycle;
pub mod owners;
mod routes;
pub mod store;

pub use hooks::{OnDaysChanged, OnFinalise};
pub use routes::{ApiDoc, EditionView, load_view, routes, validate_currency, validate_time_zone};
