//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, ExhibitorRole, OrganiserRole};

pub(super) struct ReadApplications;

impl Action for ReadApplications {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}

pub(super) struct ReadApplication;

impl Action for ReadApplication {
    const ORGANISER: &'static [OrganiserRole] = ReadApplications::ORGANISER;
    const EXHIBITOR: &'static [ExhibitorRole] = ExhibitorRole::ALL;
}

pub(super) struct DecideApplications;

impl Action for DecideApplications {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

pub(super) struct ManageApplication;

impl Action for ManageApplication {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const EXHIBITOR: &'static [ExhibitorRole] = ExhibitorRole::ALL;
}
