//! Editions: one holding of a fair, its opening days and its life cycle.
//!
//! Invariants: a slug is unique; opening days need not be contiguous; a step is taken only along
//! [`lifecycle`]; after `finalised` nothing of the edition changes ([`store::open_for_change`]).
use hoicho_core::{
    db::Tx,
    values::{clock::Instant, ids::EditionId},
};
use hoicho_web::http::Problem;

pub mod lifecycle;
pub mod owners;
mod routes;
pub mod store;
pub use lifecycle::EditionState;

/// Called in the transaction that finalises an edition. Capabilities of higher rank are handed in this way: statistics freezes its figures.
#[derive(Clone, Copy)]
pub struct OnFinalise(pub fn(&mut Tx<'_>, EditionId, Instant) -> Result<(), Problem>);

pub use routes::{ApiDoc, EditionView, check_currency, check_time_zone, routes, whole};
