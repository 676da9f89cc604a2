//! Hook for finalising an edition.
use hoicho_core::{
    db::Tx,
    values::{clock::Instant, ids::EditionId},
};
use hoicho_web::http::Problem;

/// Called in the transaction that finalises an edition. The program passes in the function that freezes the figures, because
/// `statistics` has a higher rank.
#[derive(Clone, Copy)]
pub struct OnFinalise(pub fn(&mut Tx<'_>, EditionId, Instant) -> Result<(), Problem>);
