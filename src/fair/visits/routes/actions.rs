//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, KeyScope, OrganiserRole};

pub(super) struct ManageGates;
impl Action for ManageGates {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

pub(super) struct RecordVisits;
impl Action for RecordVisits {
    const KEY: Option<KeyScope> = Some(KeyScope::WriteVisits);
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Gate];
}

pub(super) struct ReadGates;
impl Action for ReadGates {
    const KEY: Option<KeyScope> = Some(KeyScope::ReadGates);
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::ALL;
}

pub(super) struct CorrectCounts;
impl Action for CorrectCounts {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

pub(super) struct ReadCounts;
impl Action for ReadCounts {
    const KEY: Option<KeyScope> = Some(KeyScope::ReadFigures);
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::ALL;
}
