//! Moving an allocation to another booth in one step: nobody can take either booth in between.
use super::{
    hold::check_eligibility,
    lifecycle::AllocationState,
    store::{self, AllocationRow},
};
use crate::{applications, editions};
use hoicho_core::{
    db::Tx,
    i18n::Said,
    values::ids::{AllocationId, BoothId},
};
use hoicho_web::{
    http::{Code, Problem},
    identity::Granted,
};

/// Puts an active allocation on a free booth of its edition; its state and its time go with it. Whether the booth is
/// free is decided by the unique index. `waiver` says why the exhibitor may stand in a zone that is not for it.
pub fn relocate(
    tx: &mut Tx<'_>,
    granted: &Granted,
    id: AllocationId,
    to: BoothId,
    waiver: Option<&str>,
) -> Result<AllocationRow, Problem> {
    let edition = editions::store::open_for_change(tx, granted.edition()?)?;
    let row = store::find(tx, edition.id, id)?;
    let application = applications::store::find_held(tx, edition.id, row.application_id)?;
    if store::places(tx, edition.id, &[to])?.is_empty() {
        return Err(Problem::new(Code::NotFound, Said("one-of-the-booths-is-not-in")));
    }
    if !row.is_active_at(granted.now) {
        return Err(Problem::new(Code::IllegalStep, Said("only-an-active-allocation-can-move")));
    }
    if row.booth_id == to {
        return Ok(row);
    }
    if waiver.is_none() {
        check_eligibility(tx, &application, &[to])?;
    }
    store::expire(tx, granted.now, Some(&[to]))?;
    if !store::set_state(tx, &row, AllocationState::Released, None)? {
        return Err(Code::StaleVersion.into());
    }
    store::put_on(tx, id, to, row.state, row.expires_at)?;
    granted.audit(tx, "allocation.move", id, Some((row.booth_id, None)), Some((to, waiver)))?;
    Ok(store::find(tx, edition.id, id)?)
}
