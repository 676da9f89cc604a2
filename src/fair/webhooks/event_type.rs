//! Event types of webhooks and how audit log actions map to them.
use serde_json::Value;

hoicho_core::text_enum! {
    /// Event type.
    EventType {
        /// Test event, sent on request of the organiser.
        #[serde(rename = "webhook.test")]
        #[strum(serialize = "webhook.test")]
        Test,
        /// An edition was published.
        #[serde(rename = "edition.published")]
        #[strum(serialize = "edition.published")]
        EditionPublished,
        /// The name, venue, opening days or state of an edition changed.
        #[serde(rename = "edition.changed")]
        #[strum(serialize = "edition.changed")]
        EditionChanged,
        /// An edition was cancelled.
        #[serde(rename = "edition.cancelled")]
        #[strum(serialize = "edition.cancelled")]
        EditionCancelled,
        /// The figures of an edition were finalised.
        #[serde(rename = "figures.finalised")]
        #[strum(serialize = "figures.finalised")]
        FiguresFinalised,
        /// An application was submitted.
        #[serde(rename = "application.submitted")]
        #[strum(serialize = "application.submitted")]
        ApplicationSubmitted,
        /// An application was approved, rejected, waitlisted or withdrawn.
        #[serde(rename = "application.decided")]
        #[strum(serialize = "application.decided")]
        ApplicationDecided,
        /// A booth was offered.
        #[serde(rename = "allocation.offered")]
        #[strum(serialize = "allocation.offered")]
        AllocationOffered,
        /// An allocation was confirmed.
        #[serde(rename = "allocation.confirmed")]
        #[strum(serialize = "allocation.confirmed")]
        AllocationConfirmed,
        /// The exhibitor checked in.
        #[serde(rename = "allocation.checked_in")]
        #[strum(serialize = "allocation.checked_in")]
        AllocationCheckedIn,
        /// An allocation was released, declined, expired, or a no-show.
        #[serde(rename = "allocation.released")]
        #[strum(serialize = "allocation.released")]
        AllocationReleased,
        /// An allocation was moved to another booth, or its participants changed.
        #[serde(rename = "allocation.changed")]
        #[strum(serialize = "allocation.changed")]
        AllocationChanged,
        /// A sales report was submitted or corrected.
        #[serde(rename = "sales_report.submitted")]
        #[strum(serialize = "sales_report.submitted")]
        SalesReportSubmitted,
        /// The organiser accepted a sales report.
        #[serde(rename = "sales_report.accepted")]
        #[strum(serialize = "sales_report.accepted")]
        SalesReportAccepted,
        /// The organiser queried a sales report.
        #[serde(rename = "sales_report.queried")]
        #[strum(serialize = "sales_report.queried")]
        SalesReportQueried,
        /// A trade deal (contract or memorandum) was recorded.
        #[serde(rename = "deal.signed")]
        #[strum(serialize = "deal.signed")]
        DealSigned,
    }
}

/// The state in `after`: a string, or the first element of `[state, reason]`.
fn state(after: &Value) -> &str {
    after.as_str().or_else(|| after.get(0)?.as_str()).unwrap_or_default()
}

impl EventType {
    /// Event type of an audit log entry; `None` if the action is not announced to webhooks.
    pub fn from_audit(action: &str, after: &Value) -> Option<Self> {
        Some(match action {
            "edition.transition" => match state(after) {
                "published" => Self::EditionPublished,
                "cancelled" => Self::EditionCancelled,
                "finalised" => Self::FiguresFinalised,
                "draft" => return None,
                _ => Self::EditionChanged,
            },
            "edition.change" | "edition.opening_days" => Self::EditionChanged,
            "application.step" if state(after) == "submitted" => Self::ApplicationSubmitted,
            "application.step" => Self::ApplicationDecided,
            "allocation.offer" | "allocation.offer_to_waiting_list" => Self::AllocationOffered,
            "allocation.confirm" => Self::AllocationConfirmed,
            "allocation.check_in" => Self::AllocationCheckedIn,
            "allocation.release" | "allocation.decline" | "allocation.no_show" | "allocation.expire" => {
                Self::AllocationReleased
            }
            "allocation.move" | "participant.add" | "participant.remove" => Self::AllocationChanged,
            "sales_report.put" => Self::SalesReportSubmitted,
            "sales_report.judge" if state(after) == "queried" => Self::SalesReportQueried,
            "sales_report.judge" => Self::SalesReportAccepted,
            "deal.create" => Self::DealSigned,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use hoicho_web::audit::EVENT_ACTIONS;

    #[test]
    fn announced_actions_have_an_event_type() {
        for action in EVENT_ACTIONS {
            assert!(EventType::from_audit(action, &json!(["live", null])).is_some(), "{action}");
        }
        assert_eq!(EventType::from_audit("allocation.hold", &Value::Null), None);
        let transition_to = |state: &str| EventType::from_audit("edition.transition", &json!([state, null]));
        assert_eq!(transition_to("finalised"), Some(EventType::FiguresFinalised));
        assert_eq!(transition_to("draft"), None, "unpublishing is not announced");
        assert_eq!(
            EventType::from_audit("sales_report.judge", &json!("accepted")),
            Some(EventType::SalesReportAccepted)
        );
    }
}
