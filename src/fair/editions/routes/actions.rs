//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, OrganiserRole};

pub(super) struct ManageEdition;

impl Action for ManageEdition {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}
