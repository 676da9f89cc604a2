//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, OrganiserRole};

pub(super) struct ManageVenues;

impl Action for ManageVenues {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

pub(super) struct ReadVenues;

impl Action for ReadVenues {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::ALL;
}
