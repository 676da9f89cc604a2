//! Swaps the booths of two allocations in one transaction.
use super::store::{self, AllocationRow};
use crate::editions;
use hoicho_core::{db::Tx, i18n::MessageId, states::AllocationState, values::ids::AllocationId};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, Problem},
    identity::Authorized,
};

/// Exchanges the booths of two active allocations. Each keeps its state and expiry.
pub fn swap_booths(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    one: AllocationId,
    other: AllocationId,
) -> Result<[AllocationRow; 2], Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let (a, b) = (store::find(tx, edition.id, one)?, store::find(tx, edition.id, other)?);
    if one == other || !a.is_active_at(authorized.now) || !b.is_active_at(authorized.now) {
        return Err(Problem::new(Code::IllegalStep, MessageId("error-swap-inactive")));
    }
    // The unique index is not deferred: release both booths before assigning either.
    for row in [&a, &b] {
        if !store::set_state(tx, row, AllocationState::Released, None)? {
            return Err(Code::StaleVersion.into());
        }
    }
    store::move_to_booth(tx, a.id, b.booth_id, a.state, a.expires_at)?;
    store::move_to_booth(tx, b.id, a.booth_id, b.state, b.expires_at)?;
    authorized.record_audit(
        tx,
        AuditAction::AllocationSwap,
        a.id,
        Some([a.booth_id, b.booth_id]),
        Some([b.booth_id, a.booth_id]),
    )?;
    Ok([store::find(tx, edition.id, one)?, store::find(tx, edition.id, other)?])
}
