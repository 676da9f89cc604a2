//! Withdraws an application and releases its held and offered booths in the same transaction.
use super::store;
use crate::applications::{store::ApplicationRow, transition};
use hoicho_core::{
    db::Tx,
    states::{AllocationState, ApplicationState},
    values::ids::ApplicationId,
};
use hoicho_web::{audit::AuditAction, http::Problem, identity::Authorized};

/// Withdraws an application; not possible once booths are confirmed for it.
pub fn withdraw_application(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    id: ApplicationId,
) -> Result<ApplicationRow, Problem> {
    let row = transition(tx, authorized, id, ApplicationState::Withdrawn, None)?;
    let released = store::release_unconfirmed(tx, id)?;
    for allocation in released {
        let state = AllocationState::Released;
        authorized.record_audit(tx, AuditAction::AllocationRelease, allocation, None, Some(state))?;
    }
    Ok(row)
}
