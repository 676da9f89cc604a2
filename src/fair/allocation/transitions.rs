//! State transitions of an allocation: offer, confirm, decline, check in, release, no-show.
use chrono::Duration;

use super::{
    lifecycle::{allowed_transitions, default_ttl_s},
    occupancies::{self, Overlap},
    offer_email::offer_email,
    runs::refill_store,
    store::{self, AllocationRow},
};
use crate::{
    applications,
    editions::{self, store::EditionRow},
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    states::AllocationState,
    values::{clock::Day, ids::AllocationId},
};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, Problem},
    identity::{Authorized, members::notify_exhibitor},
};

/// Offers a held booth to its exhibitor and notifies the members by e-mail.
pub fn offer(tx: &mut Tx<'_>, authorized: &Authorized, id: AllocationId) -> Result<AllocationRow, Problem> {
    let (edition, row) = step(tx, authorized, id, AllocationState::Offered, AuditAction::AllocationOffer)?;
    let application = applications::store::find(tx, row.edition_id, row.application_id)?;
    let code = store::booth_code(tx, row.booth_id)?;
    let email = offer_email(&edition, &[code], row.expires_at.ok_or(Code::Internal)?)?;
    notify_exhibitor(tx, application.exhibitor_id, email, authorized.now)?;
    Ok(row)
}
/// Accepts an offer. The allocation gets the days from `from` on that nobody else has, by default from today on. Only staff may
/// give a day: the exhibitor may have stood there before somebody recorded it.
pub fn confirm(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    id: AllocationId,
    from: Option<Day>,
) -> Result<AllocationRow, Problem> {
    if from.is_some() && !authorized.as_staff {
        return Err(Code::Forbidden.into());
    }
    let (edition, row) = step(tx, authorized, id, AllocationState::Confirmed, AuditAction::AllocationConfirm)?;
    let from = match from {
        Some(day) => day,
        None => edition.local_time(authorized.now)?.date(),
    };
    occupancies::write(tx, edition.id, from, &[], &[(row.id, row.booth_id)], Overlap::Skip)?;
    Ok(row)
}
/// Records that the exhibitor has arrived.
pub fn check_in(tx: &mut Tx<'_>, authorized: &Authorized, id: AllocationId) -> Result<AllocationRow, Problem> {
    Ok(step(tx, authorized, id, AllocationState::CheckedIn, AuditAction::AllocationCheckIn)?.1)
}
/// Releases the booth from a day on, by default from the next opening day.
pub fn release(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    id: AllocationId,
    from: Option<Day>,
) -> Result<AllocationRow, Problem> {
    end(tx, authorized, id, AllocationState::Released, AuditAction::AllocationRelease, from)
}
/// Declines an offer and releases the booth, which is then offered to the waiting list if the organiser enabled it.
pub fn decline(tx: &mut Tx<'_>, authorized: &Authorized, id: AllocationId) -> Result<AllocationRow, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let before = store::find(tx, edition.id, id)?;
    if before.state != AllocationState::Offered {
        return Err(Problem::new(Code::IllegalStep, MessageId("error-not-offered")));
    }
    let (_, row) = step(tx, authorized, id, AllocationState::Released, AuditAction::AllocationDecline)?;
    if edition.waiting_list_run_id.is_some() {
        refill_store::request_refill(tx, edition.id)?;
    }
    Ok(row)
}
/// Records that the exhibitor did not arrive and frees the booth from a day on, by default from the next opening day.
pub fn no_show(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    id: AllocationId,
    from: Option<Day>,
) -> Result<AllocationRow, Problem> {
    end(tx, authorized, id, AllocationState::NoShow, AuditAction::AllocationNoShow, from)
}

/// Ends an allocation, and its occupancies from a day on.
fn end(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    id: AllocationId,
    to: AllocationState,
    action: AuditAction,
    from: Option<Day>,
) -> Result<AllocationRow, Problem> {
    let (edition, row) = step(tx, authorized, id, to, action)?;
    let from = occupancies::effective_day(tx, &edition, authorized.now, from)?;
    occupancies::write(tx, edition.id, from, &[row.id], &[], Overlap::Skip)?;
    Ok(row)
}

/// Makes a transition; returns the edition and the allocation after it.
fn step(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    id: AllocationId,
    to: AllocationState,
    action: AuditAction,
) -> Result<(EditionRow, AllocationRow), Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let row = store::find(tx, edition.id, id)?;
    // Lock the application, so that it cannot be withdrawn concurrently.
    applications::store::find_for_share(tx, edition.id, row.application_id)?;
    // Treat an allocation past its expiry as expired, even if the background job has not run yet.
    let is_expired = row.expires_at.is_some_and(|at| at <= authorized.now);
    let from = if is_expired { AllocationState::Expired } else { row.state };
    let legal = allowed_transitions(from);
    if !legal.contains(&to) {
        let legal = legal.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Problem::new(
            Code::IllegalStep,
            MessageId("error-invalid-transition").with_args(&[("from", &from), ("legal", &legal)]),
        ));
    }
    let expires_at = default_ttl_s(to).map(|ttl| authorized.now + Duration::seconds(ttl.into()));
    if !store::set_state(tx, &row, to, expires_at)? {
        return Err(Code::StaleVersion.into());
    }
    authorized.record_audit(tx, action, id, Some(row.state), Some(to))?;
    let row = store::find(tx, edition.id, id)?;
    Ok((edition, row))
}
