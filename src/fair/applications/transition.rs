//! State transitions of an application.
use super::{
    audited::AuditedApplicationState,
    lifecycle::allowed_transitions,
    store::{self, ApplicationRow},
};
use crate::{editions, exhibitors};
use hoicho_core::{db::Tx, i18n::MessageId, states::ApplicationState, values::ids::ApplicationId};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, Problem, Validator, limits::ReasonText},
    identity::{Authorized, members::notify_exhibitor},
    outbox::EmailKind,
};

/// Changes the state if the transition is allowed, and e-mails the exhibitor the organiser's decision.
pub fn transition(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    id: ApplicationId,
    to: ApplicationState,
    reason: Option<&str>,
) -> Result<ApplicationRow, Problem> {
    let mut checks = Validator::default();
    let reason = reason.map(|r| checks.require_text::<ReasonText>("/reason", r));
    checks.finish()?;
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let before = store::find(tx, edition.id, id)?;
    let legal = allowed_transitions(before.state);
    let confirmed = to == ApplicationState::Withdrawn && store::has_confirmed_booths(tx, id)?;
    if !legal.contains(&to) || confirmed {
        let legal =
            legal.iter().filter(|s| !(confirmed && **s == to)).map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Problem::new(
            Code::IllegalStep,
            MessageId("error-invalid-transition").with_args(&[("from", &before.state), ("legal", &legal)]),
        ));
    }
    if to == ApplicationState::Submitted && !edition.accepts_applications(authorized.now) {
        return Err(registration_closed());
    }
    let is_submission = to == ApplicationState::Submitted;
    // From now on the organiser sees it.
    let submitted = authorized.as_submitted();
    let authorized = if is_submission { &submitted } else { authorized };
    if is_submission {
        exhibitors::create::link_on_submission(tx, authorized, before.exhibitor_id)?;
    }
    let row = ApplicationRow {
        state: to,
        submitted_at: before.submitted_at.or(is_submission.then_some(authorized.now)),
        reason: reason.clone(),
        waitlisted_at: (to == ApplicationState::Waitlisted).then_some(authorized.now),
        version: before.version + 1,
        ..before.clone()
    };
    if !store::update(tx, &row, before.version)? {
        return Err(Code::StaleVersion.into());
    }
    if to.is_decided() {
        let email = EmailKind::ApplicationDecided { edition: edition.name, decision: to, reason: reason.clone() };
        notify_exhibitor(tx, row.exhibitor_id, email, authorized.now)?;
    }
    authorized.record_audit(
        tx,
        AuditAction::ApplicationTransition,
        id,
        Some(AuditedApplicationState { state: before.state, reason: None }),
        Some(AuditedApplicationState { state: to, reason }),
    )?;
    Ok(row)
}

/// Error: registration has ended or has not started.
pub(super) fn registration_closed() -> Problem {
    Problem::new(Code::IllegalStep, MessageId("error-registration-closed"))
}
