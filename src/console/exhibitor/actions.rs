//! Actions of the exhibitor pages.
use hoicho_web::identity::{Action, OrganisationRole, OrganiserRole};

/// Permission of the members of an organisation, and of one that is linked with an exhibitor concerned.
pub(super) struct Member;

impl Action for Member {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const ORGANISATION: &'static [OrganisationRole] = OrganisationRole::ALL;
}
