//! Announces phases: a job records each boundary of a published edition once, as an audit entry, a webhook event and a row of `changes`.
use super::{
    audited::AuditedPhase,
    store::{self, EditionRow},
};
use hoicho_core::{
    db::Tx,
    values::{clock::Instant, ids::EditionId},
};
use hoicho_web::{
    audit::{self, AuditAction},
    http::Problem,
};

/// Editions per page.
const MAX_EDITIONS: i64 = 100;

/// Up to 100 editions after an edition with boundaries that have passed.
pub fn find_due(tx: &mut Tx<'_>, now: Instant, after: Option<EditionId>) -> Result<Vec<EditionId>, Problem> {
    Ok(store::find_due(tx, now, after, MAX_EDITIONS)?)
}

/// Records the boundaries of an edition passed by `now`; returns the number of new phases. After a pause of the program every boundary
/// is recorded with its own time.
pub fn record_due(tx: &mut Tx<'_>, edition: EditionId, now: Instant) -> Result<usize, Problem> {
    let Some(edition) = store::lock_due(tx, edition, now)? else { return Ok(0) };
    let mut entries = Vec::new();
    record_phases(tx, &edition, now, &mut entries)?;
    let count = entries.len();
    audit::record_all(tx, entries)?;
    Ok(count)
}

type PhaseEntry = audit::Entry<AuditedPhase>;

fn record_phases(
    tx: &mut Tx<'_>,
    edition: &EditionRow,
    now: Instant,
    entries: &mut Vec<PhaseEntry>,
) -> Result<(), Problem> {
    let (mut recorded, mut next, before) = (edition.recorded_phase, edition.next_boundary_at, entries.len());
    while let Some(at) = next.filter(|at| *at <= now) {
        let phase = edition.schedule.phase(at);
        if recorded != Some(phase) {
            entries.push(audit::Entry {
                organiser: Some(edition.organiser_id),
                edition: Some(edition.id),
                actor: None,
                api_key: None,
                on_behalf_of: None,
                action: AuditAction::EditionPhase,
                subject: edition.id.to_string(),
                before: recorded.map(|phase| AuditedPhase { phase, at }),
                after: Some(AuditedPhase { phase, at }),
                at: now,
            });
        }
        (recorded, next) = (Some(phase), edition.schedule.next_boundary(at));
    }
    store::set_boundary(tx, edition.id, recorded, next)?;
    if entries.len() > before {
        store::increment_version(tx, edition.id)?;
    }
    Ok(())
}
