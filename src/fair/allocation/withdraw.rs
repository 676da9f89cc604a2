//! Taking an application back: whatever is held or offered for it comes free in the same moment.
use super::store;
use crate::applications::{ApplicationState, step, store::ApplicationRow};
use hoicho_core::{db::Tx, values::ids::ApplicationId};
use hoicho_web::{http::Problem, identity::Granted};

/// Withdraws an application until booths are confirmed for it.
pub fn withdraw(tx: &mut Tx<'_>, granted: &Granted, id: ApplicationId) -> Result<ApplicationRow, Problem> {
    let row = step(tx, granted, id, ApplicationState::Withdrawn, None)?;
    let freed = store::release_unconfirmed(tx, id)?;
    if !freed.is_empty() {
        granted.audit(tx, "allocation.release", id, None, Some(freed))?;
    }
    Ok(row)
}
