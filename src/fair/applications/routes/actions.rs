//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, OrganisationRole, OrganiserRole};

pub(super) struct ReadApplications;

impl Action for ReadApplications {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}

pub(super) struct ReadApplication;

impl Action for ReadApplication {
    const ORGANISER: &'static [OrganiserRole] = ReadApplications::ORGANISER;
    const ORGANISATION: &'static [OrganisationRole] = OrganisationRole::ALL;
}

pub(super) struct DecideApplications;

impl Action for DecideApplications {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

/// Change, submit and delete a draft.
pub(super) struct ManageApplication;

impl Action for ManageApplication {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const ORGANISATION: &'static [OrganisationRole] = OrganisationRole::ALL;
}
