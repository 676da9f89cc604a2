//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, KeyScope, OrganiserRole};

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

/// Read what happened.
pub(super) struct ReadEvents;

impl Action for ReadEvents {
    const ORGANISER: &'static [OrganiserRole] = ViewWebhooks::ORGANISER;
    const KEY: Option<KeyScope> = Some(KeyScope::ReadEvents);
}
