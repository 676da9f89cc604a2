//! What partners are told of.
use serde_json::Value;

hoicho_core::text_enum! {
    /// What happened.
    EventType {
        /// Its organiser sends itself an example.
        #[serde(rename = "webhook.test")]
        #[strum(serialize = "webhook.test")]
        Test,
        /// An edition can be seen by everybody.
        #[serde(rename = "edition.published")]
        #[strum(serialize = "edition.published")]
        EditionPublished,
        /// Its name, venue or days are others, or its life went on.
        #[serde(rename = "edition.changed")]
        #[strum(serialize = "edition.changed")]
        EditionChanged,
        /// It will not take place.
        #[serde(rename = "edition.cancelled")]
        #[strum(serialize = "edition.cancelled")]
        EditionCancelled,
        /// Its figures are final.
        #[serde(rename = "figures.finalised")]
        #[strum(serialize = "figures.finalised")]
        FiguresFinalised,
        /// An application was handed in.
        #[serde(rename = "application.submitted")]
        #[strum(serialize = "application.submitted")]
        ApplicationSubmitted,
        /// An application was approved, refused, put on the waiting list or withdrawn.
        #[serde(rename = "application.decided")]
        #[strum(serialize = "application.decided")]
        ApplicationDecided,
        /// A booth was offered.
        #[serde(rename = "allocation.offered")]
        #[strum(serialize = "allocation.offered")]
        AllocationOffered,
        /// A booth is let.
        #[serde(rename = "allocation.confirmed")]
        #[strum(serialize = "allocation.confirmed")]
        AllocationConfirmed,
        /// The exhibitor is there.
        #[serde(rename = "allocation.checked_in")]
        #[strum(serialize = "allocation.checked_in")]
        AllocationCheckedIn,
        /// A booth is free again: given back, declined, run out, or nobody came.
        #[serde(rename = "allocation.released")]
        #[strum(serialize = "allocation.released")]
        AllocationReleased,
        /// An allocation is of another booth now, or its booth is shared with others.
        #[serde(rename = "allocation.changed")]
        #[strum(serialize = "allocation.changed")]
        AllocationChanged,
        /// A booth reported a day's sales, or corrected them.
        #[serde(rename = "sales_report.submitted")]
        #[strum(serialize = "sales_report.submitted")]
        SalesReportSubmitted,
        /// The organiser took a report as it is.
        #[serde(rename = "sales_report.accepted")]
        #[strum(serialize = "sales_report.accepted")]
        SalesReportAccepted,
        /// The organiser asked about a report.
        #[serde(rename = "sales_report.queried")]
        #[strum(serialize = "sales_report.queried")]
        SalesReportQueried,
        /// A contract or memorandum was signed.
        #[serde(rename = "deal.signed")]
        #[strum(serialize = "deal.signed")]
        DealSigned,
    }
}

/// The state in `after`: alone, or first with a reason.
fn state(after: &Value) -> &str {
    after.as_str().or_else(|| after.get(0)?.as_str()).unwrap_or_default()
}

impl EventType {
    /// What a line of the audit log tells partners; `None` for what is none of their business.
    pub fn of(action: &str, after: &Value) -> Option<Self> {
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
    use hoicho_web::audit::ANNOUNCED;

    #[test]
    fn all_that_is_announced_is_told_and_nothing_else() {
        for action in ANNOUNCED {
            assert!(EventType::of(action, &json!(["live", null])).is_some(), "{action}");
        }
        assert_eq!(EventType::of("allocation.hold", &Value::Null), None);
        let to = |state: &str| EventType::of("edition.transition", &json!([state, null]));
        assert_eq!(to("finalised"), Some(EventType::FiguresFinalised));
        assert_eq!(to("draft"), None, "going back to where nobody sees it");
        assert_eq!(EventType::of("sales_report.judge", &json!("accepted")), Some(EventType::SalesReportAccepted));
    }
}
