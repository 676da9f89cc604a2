//! What else happens when an edition is finalised.
use hoicho_core::{
    db::Tx,
    values::{clock::Instant, ids::EditionId},
};
use hoicho_web::http::Problem;

/// Called in the transaction that finalises an edition. Capabilities of higher rank are handed in this way: statistics freezes its figures.
#[derive(Clone, Copy)]
pub struct OnFinalise(pub fn(&mut Tx<'_>, EditionId, Instant) -> Result<(), Problem>);
