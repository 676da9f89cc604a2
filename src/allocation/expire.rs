//! Holds and offers whose time has run out free their booths, with no one having to ask.
use super::{lifecycle::AllocationState, store};
use crate::{audit, db::Tx, editions, http::Problem, values::clock::Instant};

/// Expires up to 500 of them, each with its line in the audit log.
pub fn expire_due(tx: &mut Tx<'_>, now: Instant) -> Result<usize, Problem> {
    let expired = store::expire(tx, now, None)?;
    for (id, edition) in &expired {
        let entry = audit::Entry {
            organiser: Some(editions::store::find(tx, *edition)?.organiser_id),
            actor: None,
            action: "allocation.expire",
            subject: id.to_string(),
            before: None,
            after: Some(AllocationState::Expired),
            at: now,
        };
        audit::record(tx, entry)?;
    }
    Ok(expired.len())
}
