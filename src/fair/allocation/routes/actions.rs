//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, OrganisationRole, OrganiserRole};

pub(super) struct Allocate;

impl Action for Allocate {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

/// Answer an offer and name the participants of a booth; staff does it on behalf of the exhibitor.
pub(super) struct RespondToOffer;

impl Action for RespondToOffer {
    const IS_FOR_EXHIBITOR: bool = true;
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
    const ORGANISATION: &'static [OrganisationRole] = OrganisationRole::ALL;
}

pub(super) struct ReadAllocations;

impl Action for ReadAllocations {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}

pub(super) struct ReadAllocation;

impl Action for ReadAllocation {
    const ORGANISER: &'static [OrganiserRole] = ReadAllocations::ORGANISER;
    const ORGANISATION: &'static [OrganisationRole] = OrganisationRole::ALL;
}
