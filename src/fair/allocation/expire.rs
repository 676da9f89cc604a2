//! Expires due holds and offers, which frees their booths. Run by a background job, in a transaction of each edition: one that fails
//! does not stop the others.
use super::{
    runs::refill_store,
    store::{self, Due},
};
use crate::editions;
use hoicho_core::{
    db::Tx,
    states::AllocationState,
    values::{
        clock::Instant,
        ids::{AllocationId, EditionId, OrganiserId},
    },
};
use hoicho_web::{
    audit::{self, AuditAction},
    http::Problem,
};

/// Editions with due holds and offers after an edition, at most [`store::MAX_EDITIONS_PER_PAGE`].
pub fn find_due(tx: &mut Tx<'_>, now: Instant, after: Option<EditionId>) -> Result<Vec<EditionId>, Problem> {
    Ok(store::find_due_editions(tx, now, after)?)
}

/// Expires up to [`store::MAX_EXPIRED`] due allocations of an edition with an audit entry each; returns their number. Freed booths are
/// offered to the waiting list later, if the organiser enabled it.
pub fn expire_due(tx: &mut Tx<'_>, edition: EditionId, now: Instant) -> Result<usize, Problem> {
    let edition = editions::store::find(tx, edition)?;
    let expired = store::expire(tx, now, Due::InEdition(edition.id))?;
    record(tx, edition.organiser_id, &expired, now)?;
    if !expired.is_empty() && edition.waiting_list_run_id.is_some() {
        refill_store::request_refill(tx, edition.id)?;
    }
    Ok(expired.len())
}

/// Writes an audit entry for each expired allocation.
pub(super) fn record(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    expired: &[(AllocationId, EditionId)],
    now: Instant,
) -> Result<(), Problem> {
    let entry = |(id, edition): &(AllocationId, EditionId)| audit::Entry {
        organiser: Some(organiser),
        edition: Some(*edition),
        actor: None,
        api_key: None,
        on_behalf_of: None,
        action: AuditAction::AllocationExpire,
        subject: id.to_string(),
        before: None,
        after: Some(AllocationState::Expired),
        at: now,
    };
    Ok(audit::record_all(tx, expired.iter().map(entry).collect())?)
}
