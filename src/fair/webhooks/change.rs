//! What the audit log has about an event: read from an entry, before it is described with what it names.
use serde::de::DeserializeOwned;

use super::events::EventOpeningDay;
use crate::{
    allocation::audited::{AuditedMove, AuditedParticipant},
    applications::audited::AuditedApplicationState,
    editions::audited::{AuditedEdition, AuditedEnd, AuditedPhase, AuditedState},
    sales::audited::{AuditedDeal, AuditedReport, AuditedReview},
};
use hoicho_core::{
    states::AllocationState,
    values::ids::{AllocationId, ApplicationId, SalesReportId},
};
use hoicho_web::audit::{AuditRow, EventRule, ReleaseCause};

/// A step of an allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AllocationStep {
    Offer,
    Confirm,
    CheckIn,
    Release(ReleaseCause),
}

/// A change that is announced.
#[derive(Debug)]
pub(super) enum Change {
    EditionState { before: AuditedState, after: AuditedState },
    EditionValues { before: AuditedEdition, after: AuditedEdition },
    OpeningDays { before: Vec<EventOpeningDay>, after: Vec<EventOpeningDay> },
    EditionEnd { before: AuditedEnd, after: AuditedEnd },
    EditionPhase { before: Option<AuditedPhase>, after: AuditedPhase },
    Application { id: ApplicationId, before: AuditedApplicationState, after: AuditedApplicationState },
    Allocation { id: AllocationId, step: AllocationStep, state: AllocationState },
    Move { id: AllocationId, before: AuditedMove, after: AuditedMove },
    ParticipantAdd(AuditedParticipant),
    ParticipantRemove(AuditedParticipant),
    Report { id: SalesReportId, before: Option<AuditedReport>, after: AuditedReport },
    Review { id: SalesReportId, before: AuditedReview, after: AuditedReview },
    Deal(AuditedDeal),
}

/// Reads a stored value.
fn value<T: DeserializeOwned>(json: Option<&String>) -> Option<T> {
    serde_json::from_str(json?).ok()
}

/// The change of an entry; `None` if it is not announced.
pub(super) fn read(entry: &AuditRow) -> Option<Change> {
    let rule = entry.action.event_rule();
    let change = read_by(rule, entry);
    if change.is_none() && rule != EventRule::None {
        tracing::error!(entry = %entry.id, action = %entry.action, "an audit entry cannot be announced");
    }
    change
}

fn read_by(rule: EventRule, entry: &AuditRow) -> Option<Change> {
    fn before<T: DeserializeOwned>(entry: &AuditRow) -> Option<T> {
        value(entry.before_json.as_ref())
    }
    fn after<T: DeserializeOwned>(entry: &AuditRow) -> Option<T> {
        value(entry.after_json.as_ref())
    }
    let step = |step| Some(Change::Allocation { id: entry.subject.parse().ok()?, step, state: after(entry)? });
    match rule {
        EventRule::None => None,
        EventRule::EditionState => Some(Change::EditionState { before: before(entry)?, after: after(entry)? }),
        EventRule::EditionValues => Some(Change::EditionValues { before: before(entry)?, after: after(entry)? }),
        EventRule::OpeningDays => Some(Change::OpeningDays { before: before(entry)?, after: after(entry)? }),
        EventRule::EditionEnd => Some(Change::EditionEnd { before: before(entry)?, after: after(entry)? }),
        EventRule::EditionPhase => Some(Change::EditionPhase { before: before(entry), after: after(entry)? }),
        EventRule::ApplicationState => {
            let id = entry.subject.parse().ok()?;
            Some(Change::Application { id, before: before(entry)?, after: after(entry)? })
        }
        EventRule::AllocationOffer => step(AllocationStep::Offer),
        EventRule::AllocationConfirm => step(AllocationStep::Confirm),
        EventRule::AllocationCheckIn => step(AllocationStep::CheckIn),
        EventRule::AllocationRelease(cause) => step(AllocationStep::Release(cause)),
        EventRule::AllocationMove => {
            Some(Change::Move { id: entry.subject.parse().ok()?, before: before(entry)?, after: after(entry)? })
        }
        EventRule::ParticipantAdd => after(entry).map(Change::ParticipantAdd),
        EventRule::ParticipantRemove => before(entry).map(Change::ParticipantRemove),
        EventRule::ReportSubmission => {
            Some(Change::Report { id: entry.subject.parse().ok()?, before: before(entry), after: after(entry)? })
        }
        EventRule::ReportReview => {
            Some(Change::Review { id: entry.subject.parse().ok()?, before: before(entry)?, after: after(entry)? })
        }
        EventRule::Deal => after(entry).map(Change::Deal),
    }
}
