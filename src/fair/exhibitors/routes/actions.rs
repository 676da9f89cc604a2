//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, OrganiserRole};

/// Read the organiser's records.
pub(super) struct ReadExhibitors;

impl Action for ReadExhibitors {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}

/// Write the organiser's records.
pub(super) struct ManageExhibitors;

impl Action for ManageExhibitors {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}
