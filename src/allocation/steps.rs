//! The steps of one allocation: offer, confirm, check in, release, no-show.
use chrono::Duration;

use super::{
    lifecycle::AllocationState,
    store::{self, AllocationRow},
};
use crate::{
    db::Tx,
    editions,
    http::{Code, Problem},
    identity::Granted,
    values::ids::AllocationId,
};

/// Seconds an offer stands: three days.
const OFFER_S: i64 = 3 * 24 * 3_600;

/// Offers a held booth to its exhibitor.
pub fn offer(tx: &mut Tx<'_>, granted: &Granted, id: AllocationId) -> Result<AllocationRow, Problem> {
    step(tx, granted, id, AllocationState::Offered, "allocation.offer")
}
/// Accepts an offer.
pub fn confirm(tx: &mut Tx<'_>, granted: &Granted, id: AllocationId) -> Result<AllocationRow, Problem> {
    step(tx, granted, id, AllocationState::Confirmed, "allocation.confirm")
}
/// The exhibitor is there.
pub fn check_in(tx: &mut Tx<'_>, granted: &Granted, id: AllocationId) -> Result<AllocationRow, Problem> {
    step(tx, granted, id, AllocationState::CheckedIn, "allocation.check_in")
}
/// Frees the booth.
pub fn release(tx: &mut Tx<'_>, granted: &Granted, id: AllocationId) -> Result<AllocationRow, Problem> {
    step(tx, granted, id, AllocationState::Released, "allocation.release")
}
/// The exhibitor never came; frees the booth.
pub fn no_show(tx: &mut Tx<'_>, granted: &Granted, id: AllocationId) -> Result<AllocationRow, Problem> {
    step(tx, granted, id, AllocationState::NoShow, "allocation.no_show")
}

fn step(
    tx: &mut Tx<'_>,
    granted: &Granted,
    id: AllocationId,
    to: AllocationState,
    action: &'static str,
) -> Result<AllocationRow, Problem> {
    let edition = editions::store::open_for_change(tx, granted.edition()?)?;
    let row = store::find(tx, edition.id, id)?;
    // What has run out is over, whether or not the background job has come by.
    let lapsed = row.expires_at.is_some_and(|at| at <= granted.now);
    let from = if lapsed { AllocationState::Expired } else { row.state };
    if !from.legal_steps().contains(&to) {
        let legal = from.legal_steps().iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Problem::new(
            Code::IllegalStep,
            format!("Từ {from} chỉ có thể sang: [{legal}]."),
            format!("From {from} the legal steps are: [{legal}]."),
        ));
    }
    let expires_at = to.expires().then(|| granted.now + Duration::seconds(OFFER_S));
    if !store::set_state(tx, &row, to, expires_at)? {
        return Err(Code::StaleVersion.into());
    }
    granted.audit(tx, action, id, Some(row.state), Some(to))?;
    Ok(store::find(tx, edition.id, id)?)
}
