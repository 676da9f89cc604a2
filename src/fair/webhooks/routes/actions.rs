//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, OrganiserRole};

/// Create, change and delete endpoints.
pub(super) struct ManageWebhooks;

impl Action for ManageWebhooks {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner];
}

/// Read endpoints and deliveries, retry, replay and send test events.
pub(super) struct ViewWebhooks;

impl Action for ViewWebhooks {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}
