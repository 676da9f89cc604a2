//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, ExhibitorRole, OrganiserRole};

/// Update an exhibitor and its members.
pub(super) struct ManageExhibitor;

impl Action for ManageExhibitor {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const EXHIBITOR: &'static [ExhibitorRole] = &[ExhibitorRole::Owner];
}

/// Read non-public data: tax code and contacts.
pub(super) struct ReadExhibitorDetails;

impl Action for ReadExhibitorDetails {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
    const EXHIBITOR: &'static [ExhibitorRole] = ExhibitorRole::ALL;
}

pub(super) struct ReadMembers;

impl Action for ReadMembers {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const EXHIBITOR: &'static [ExhibitorRole] = ExhibitorRole::ALL;
}
