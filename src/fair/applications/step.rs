//! State transitions of an application.
use super::{
    lifecycle::ApplicationState,
    store::{self, ApplicationRow},
};
use crate::editions::{self, EditionState};
use hoicho_core::{db::Tx, i18n::Said, values::ids::ApplicationId};
use hoicho_web::{
    http::{Checks, Code, Problem},
    identity::{Granted, members::write_to_exhibitor},
    outbox::Letter,
};

/// Changes the state if the transition is allowed, and e-mails the exhibitor the organiser's decision.
pub fn step(
    tx: &mut Tx<'_>,
    granted: &Granted,
    id: ApplicationId,
    to: ApplicationState,
    reason: Option<&str>,
) -> Result<ApplicationRow, Problem> {
    let mut checks = Checks::default();
    let reason = reason.map(|r| checks.text("/reason", r, 1_000));
    checks.done()?;
    let edition = editions::store::open_for_change(tx, granted.edition()?)?;
    let before = store::find(tx, edition.id, id)?;
    let legal = before.state.legal_steps();
    let confirmed = to == ApplicationState::Withdrawn && store::has_confirmed_booths(tx, id)?;
    if !legal.contains(&to) || confirmed {
        let legal =
            legal.iter().filter(|s| !(confirmed && **s == to)).map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Problem::new(
            Code::IllegalStep,
            Said("from-state-the-legal-steps-are-legal").with(&[("state", &before.state), ("legal", &legal)]),
        ));
    }
    if to == ApplicationState::Submitted && edition.state != EditionState::RegistrationOpen {
        return Err(closed());
    }
    let row = ApplicationRow {
        state: to,
        reason: reason.clone(),
        waitlisted_at: (to == ApplicationState::Waitlisted).then_some(granted.now),
        version: before.version + 1,
        ..before.clone()
    };
    if !store::replace(tx, &row, before.version)? {
        return Err(Code::StaleVersion.into());
    }
    if matches!(to, ApplicationState::Approved | ApplicationState::Waitlisted | ApplicationState::Rejected) {
        let email = Letter::ApplicationDecided {
            edition: edition.name,
            decision: to.as_str().to_owned(),
            reason: reason.clone(),
        };
        write_to_exhibitor(tx, row.exhibitor_id, email, granted.now)?;
    }
    granted.audit(tx, "application.step", id, Some((before.state, None)), Some((to, reason)))?;
    Ok(row)
}

/// Error: registration has ended or has not started.
pub(super) fn closed() -> Problem {
    Problem::new(Code::IllegalStep, Said("registration-for-this-edition-is-not-open"))
}
