//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, ExhibitorRole, OrganiserRole};

pub(super) struct Allocate;

impl Action for Allocate {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

pub(super) struct RespondToOffer;

impl Action for RespondToOffer {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
    const EXHIBITOR: &'static [ExhibitorRole] = ExhibitorRole::ALL;
}

pub(super) struct ReadAllocations;

impl Action for ReadAllocations {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}

pub(super) struct ReadAllocation;

impl Action for ReadAllocation {
    const ORGANISER: &'static [OrganiserRole] = ReadAllocations::ORGANISER;
    const EXHIBITOR: &'static [ExhibitorRole] = ExhibitorRole::ALL;
}
