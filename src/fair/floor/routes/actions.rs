//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, OrganiserRole};

pub(super) struct EditFloor;

impl Action for EditFloor {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}
