//! Actions of the exhibitor pages.
use hoicho_web::identity::{Action, ExhibitorRole, OrganiserRole};

/// Permission of the exhibitor's members.
pub(super) struct Member;

impl Action for Member {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const EXHIBITOR: &'static [ExhibitorRole] = ExhibitorRole::ALL;
}
