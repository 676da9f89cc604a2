//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, OrganisationRole, OrganiserRole};

/// Update an organisation and its members.
pub(super) struct ManageOrganisation;

impl Action for ManageOrganisation {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const ORGANISATION: &'static [OrganisationRole] = &[OrganisationRole::Owner];
}

/// Read the contacts: members, and staff of the organisers that the organisation is linked with.
pub(super) struct ReadContacts;

impl Action for ReadContacts {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
    const ORGANISATION: &'static [OrganisationRole] = OrganisationRole::ALL;
}

pub(super) struct ReadMembers;

impl Action for ReadMembers {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const ORGANISATION: &'static [OrganisationRole] = OrganisationRole::ALL;
}
