//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, OrganisationRole, OrganiserRole};

/// See the link of a record and the open invitations.
pub(super) struct ReadLink;

impl Action for ReadLink {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}

/// Invite to link a record, and end its link.
pub(super) struct InviteToLink;

impl Action for InviteToLink {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

/// See the links of an organisation.
pub(super) struct ReadLinks;

impl Action for ReadLinks {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const ORGANISATION: &'static [OrganisationRole] = OrganisationRole::ALL;
}

/// Confirm and end links of an organisation.
pub(super) struct ManageLinks;

impl Action for ManageLinks {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const ORGANISATION: &'static [OrganisationRole] = &[OrganisationRole::Owner];
}
