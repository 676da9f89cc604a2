//! Which event an audit entry is announced as.
use serde::de::DeserializeOwned;
use serde_json::Value;

use hoicho_core::states::{ApplicationState, EditionState, ReportState};
use hoicho_web::audit::{AuditAction, EventRule, EventType};

/// The state in `after`: the value itself, or the first element of `[state, reason]`.
fn state<S: DeserializeOwned>(after: &Value) -> Option<S> {
    serde_json::from_value(after.get(0).unwrap_or(after).clone()).ok()
}

/// Event type of an audit entry; `None` if it is not announced to webhooks.
pub(super) fn event_type(action: AuditAction, after: &Value) -> Option<EventType> {
    match action.event_rule() {
        EventRule::None => None,
        EventRule::Always(event_type) => Some(event_type),
        EventRule::ByEditionState => match state(after)? {
            EditionState::Draft => None,
            EditionState::Published => Some(EventType::EditionPublished),
            EditionState::Finalised => Some(EventType::FiguresFinalised),
            EditionState::Cancelled => Some(EventType::EditionCancelled),
        },
        EventRule::ByApplicationState => match state(after)? {
            ApplicationState::Submitted => Some(EventType::ApplicationSubmitted),
            ApplicationState::Draft
            | ApplicationState::Approved
            | ApplicationState::Waitlisted
            | ApplicationState::Rejected
            | ApplicationState::Withdrawn => Some(EventType::ApplicationDecided),
        },
        EventRule::ByReportState => match state(after)? {
            ReportState::Queried => Some(EventType::SalesReportQueried),
            ReportState::Accepted | ReportState::Submitted | ReportState::Corrected => {
                Some(EventType::SalesReportAccepted)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn event_types_follow_action_and_new_state() {
        assert_eq!(event_type(AuditAction::AllocationHold, &Value::Null), None);
        assert_eq!(event_type(AuditAction::DealCreate, &Value::Null), Some(EventType::DealSigned));
        let transition_to = |state: &str| event_type(AuditAction::EditionTransition, &json!([state, null]));
        assert_eq!(transition_to("published"), Some(EventType::EditionPublished));
        assert_eq!(transition_to("finalised"), Some(EventType::FiguresFinalised));
        assert_eq!(transition_to("draft"), None, "unpublishing is not announced");
        let step_to = |state: &str| event_type(AuditAction::ApplicationTransition, &json!([state, "reason"]));
        assert_eq!(step_to("submitted"), Some(EventType::ApplicationSubmitted));
        assert_eq!(step_to("rejected"), Some(EventType::ApplicationDecided));
        let judged = |state: &str| event_type(AuditAction::SalesReportReview, &json!(state));
        assert_eq!(judged("accepted"), Some(EventType::SalesReportAccepted));
        assert_eq!(judged("queried"), Some(EventType::SalesReportQueried));
    }
}
