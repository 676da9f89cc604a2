//! Withdraws an application and releases its held and offered booths in the same transaction.
use super::store;
use crate::applications::{ApplicationState, step, store::ApplicationRow};
use hoicho_core::{db::Tx, values::ids::ApplicationId};
use hoicho_web::{http::Problem, identity::Granted};

/// Withdraws an application; not possible once booths are confirmed for it.
pub fn withdraw(tx: &mut Tx<'_>, granted: &Granted, id: ApplicationId) -> Result<ApplicationRow, Problem> {
    let row = step(tx, granted, id, ApplicationState::Withdrawn, None)?;
    let released = store::release_unconfirmed(tx, id)?;
    if !released.is_empty() {
        granted.audit(tx, "allocation.release", id, None, Some(released))?;
    }
    Ok(row)
}
