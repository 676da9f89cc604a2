//! Swaps the booths of two allocations in one transaction.
use super::{
    hold::require_eligibility,
    occupancies::{self, Overlap},
    store::{self, AllocationRow},
};
use crate::{applications, editions};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    states::AllocationState,
    values::{
        clock::Day,
        ids::{AllocationId, BoothId},
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, Problem},
    identity::Authorized,
};

/// Exchanges the booths of two active allocations. Each keeps its state and expiry. `waiver` is the reason for overriding the
/// eligibility rules of the zones. Let allocations have the other booth from a day on, by default from the next opening day.
pub fn swap_booths(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    one: AllocationId,
    other: AllocationId,
    waiver: Option<&str>,
    from: Option<Day>,
) -> Result<[AllocationRow; 2], Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let (a, b) = (store::find(tx, edition.id, one)?, store::find(tx, edition.id, other)?);
    if one == other || !a.is_active_at(authorized.now) || !b.is_active_at(authorized.now) {
        return Err(Problem::new(Code::IllegalStep, MessageId("error-swap-inactive")));
    }
    if waiver.is_none() {
        for (row, to) in [(&a, b.booth_id), (&b, a.booth_id)] {
            let application = applications::store::find_for_share(tx, edition.id, row.application_id)?;
            require_eligibility(tx, &application, &[to])?;
        }
    }
    // The unique index is not deferred: release both booths before assigning either.
    for row in [&a, &b] {
        if !store::set_state(tx, row, AllocationState::Released, None)? {
            return Err(Code::StaleVersion.into());
        }
    }
    store::move_to_booth(tx, a.id, b.booth_id, a.state, a.expires_at)?;
    store::move_to_booth(tx, b.id, a.booth_id, b.state, b.expires_at)?;
    let begun: Vec<(AllocationId, BoothId)> = [(&a, b.booth_id), (&b, a.booth_id)]
        .into_iter()
        .filter(|(row, _)| row.state.is_let())
        .map(|(row, to)| (row.id, to))
        .collect();
    if !begun.is_empty() {
        let ended: Vec<AllocationId> = begun.iter().map(|(id, _)| *id).collect();
        let from = occupancies::effective_day(tx, &edition, authorized.now, from)?;
        occupancies::write(tx, edition.id, from, &ended, &begun, Overlap::Refuse)?;
    }
    authorized.record_audit(
        tx,
        AuditAction::AllocationSwap,
        a.id,
        Some(([a.booth_id, b.booth_id], None)),
        Some(([b.booth_id, a.booth_id], waiver)),
    )?;
    Ok([store::find(tx, edition.id, one)?, store::find(tx, edition.id, other)?])
}
