//! How pages show the status and the registration dates of an edition.
use crate::page_context::PageContext;
use hoicho_core::states::EditionState;
use hoicho_fair::editions::store::EditionRow;

/// The phase of a published edition, else its state.
pub(super) struct EditionStatus {
    /// CSS class of the badge.
    pub class: String,
    pub label: String,
}

impl PageContext {
    /// Status of an edition.
    pub fn edition_status(&self, edition: &EditionRow) -> EditionStatus {
        match edition.phase(self.now) {
            Some(phase) => EditionStatus { class: self.css_class(phase), label: self.t_value("edition-phase", phase) },
            None => EditionStatus {
                class: self.css_class(edition.state),
                label: self.t_value("edition-state", edition.state),
            },
        }
    }

    /// From when until when exhibitors may apply; `None` while it is not decided, and for editions that are not public or final.
    pub fn registration_dates(&self, edition: &EditionRow) -> Option<String> {
        match edition.state {
            EditionState::Published => {}
            EditionState::Draft | EditionState::Finalised | EditionState::Cancelled => return None,
        }
        let schedule = &edition.schedule;
        let opens = self.date_time(&edition.time_zone, &schedule.registration_opens_at?);
        Some(match schedule.registration_closes_at.or(schedule.first_opens_at) {
            Some(closes) => {
                let closes = self.date_time(&edition.time_zone, &closes);
                self.t_with2("edition-registration-dates", "opens", opens, "closes", closes)
            }
            None => self.t_with("edition-registration-from", "opens", opens),
        })
    }
}
