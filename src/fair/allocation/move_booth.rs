//! Moves an allocation to another booth in one transaction, so that neither booth can be taken in between.
use super::{
    audited::AuditedMove,
    hold::require_eligibility,
    occupancies::{self, Overlap},
    store::{self, AllocationRow, Due},
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

/// Moves an active allocation to a free booth of its edition, with its state and expiry. The unique index detects a
/// booth that is taken. `waiver` is the reason for overriding the eligibility rules of the zone. A let allocation has the new booth
/// from a day on, by default from the next opening day; its earlier days stay with the old booth.
pub fn move_booth(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    id: AllocationId,
    to: BoothId,
    waiver: Option<&str>,
    from: Option<Day>,
) -> Result<AllocationRow, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let row = store::find(tx, edition.id, id)?;
    let application = applications::store::find_for_share(tx, edition.id, row.application_id)?;
    if store::booth_places(tx, edition.id, &[to])?.is_empty() {
        return Err(Problem::new(Code::NotFound, MessageId("error-booth-of-other-edition")));
    }
    if !row.is_active_at(authorized.now) {
        return Err(Problem::new(Code::IllegalStep, MessageId("error-move-inactive")));
    }
    if row.booth_id == to {
        return Ok(row);
    }
    if waiver.is_none() {
        require_eligibility(tx, &application, &[to])?;
    }
    store::expire(tx, authorized.now, Due::OnBooths(&[to]))?;
    if !store::set_state(tx, &row, AllocationState::Released, None)? {
        return Err(Code::StaleVersion.into());
    }
    store::move_to_booth(tx, id, to, row.state, row.expires_at)?;
    if row.state.is_let() {
        let from = occupancies::effective_day(tx, &edition, authorized.now, from)?;
        occupancies::write(tx, edition.id, from, &[id], &[(id, to)], Overlap::Refuse)?;
    }
    let before = AuditedMove { booth: row.booth_id, waiver: None };
    let after = AuditedMove { booth: to, waiver: waiver.map(str::to_owned) };
    authorized.record_audit(tx, AuditAction::AllocationMove, id, Some(before), Some(after))?;
    Ok(store::find(tx, edition.id, id)?)
}
