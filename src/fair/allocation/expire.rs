//! Expires due holds and offers, which frees their booths. Run by a background job.
use super::{runs::waiting_list::offer_free_booths, store};
use hoicho_core::{db::Tx, states::AllocationState, values::clock::Instant};
use hoicho_web::{
    audit::{self, AuditAction},
    http::Problem,
};

/// Expires up to 500 due allocations with an audit entry each. Freed booths are offered to the waiting list in editions
/// where the organiser enabled it.
pub fn expire_due(tx: &mut Tx<'_>, now: Instant) -> Result<usize, Problem> {
    let expired = store::expire(tx, now, None)?;
    let organisers = store::organisers_by_edition(tx, expired.iter().map(|(_, edition)| *edition).collect())?;
    let entry = |(id, edition): &(_, _)| audit::Entry {
        organiser: organisers.get(edition).copied(),
        edition: Some(*edition),
        actor: None,
        api_key: None,
        on_behalf_of: None,
        action: AuditAction::AllocationExpire,
        subject: hoicho_core::values::ids::AllocationId::to_string(id),
        before: None,
        after: Some(AllocationState::Expired),
        at: now,
    };
    audit::record_all(tx, expired.iter().map(entry).collect())?;
    for edition in organisers.keys() {
        offer_free_booths(tx, *edition, now)?;
    }
    Ok(expired.len())
}
