//! Editions: one holding of a fair, with its opening days and lifecycle.
//!
//! Invariants: a slug is unique; opening days need not be consecutive; the state changes only along the transitions of
//! [`lifecycle`]; a finalised edition does not change ([`store::lock_open`]).
use hoicho_core::{
    db::Tx,
    values::{clock::Instant, ids::EditionId},
};
use hoicho_web::http::Problem;

pub(crate) mod archive;
pub mod lifecycle;
pub mod owners;
mod routes;
pub mod store;
pub use lifecycle::EditionState;

/// Called in the transaction that finalises an edition. Capabilities of higher rank are handed in this way: statistics freezes its figures.
#[derive(Clone, Copy)]
pub struct OnFinalise(pub fn(&mut Tx<'_>, EditionId, Instant) -> Result<(), Problem>);

pub use routes::{ApiDoc, EditionView, load_view, routes, validate_currency, validate_time_zone};
