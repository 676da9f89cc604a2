//! Functions of capabilities with a higher rank, which the program passes in.
use hoicho_core::{
    db::Tx,
    values::{clock::Instant, ids::EditionId},
};
use hoicho_web::http::Problem;

use super::store::{EditionRow, OpeningDayRow};

/// Called in the transaction that finalises an edition: freezes the figures.
#[derive(Clone, Copy)]
pub struct OnFinalise(pub fn(&mut Tx<'_>, EditionId, Instant) -> Result<(), Problem>);

/// Called in the transaction that replaced the opening days, with those before: gives the new days their occupants.
#[derive(Clone, Copy)]
pub struct OnDaysChanged(pub fn(&mut Tx<'_>, &EditionRow, &[OpeningDayRow], Instant) -> Result<(), Problem>);
