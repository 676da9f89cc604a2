//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, OrganiserRole};

pub(super) struct ManageStaff;

impl Action for ManageStaff {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner];
}

pub(super) struct ManagePlanning;

impl Action for ManagePlanning {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

pub(super) struct ReadAsStaff;

impl Action for ReadAsStaff {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::ALL;
}

/// See who the staff is, with addresses.
pub(super) struct ReadStaff;

impl Action for ReadStaff {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}
