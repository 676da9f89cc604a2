//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, ExhibitorRole, KeyScope, OrganiserRole};

pub(super) struct SubmitReport;

impl Action for SubmitReport {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance];
    const EXHIBITOR: &'static [ExhibitorRole] = ExhibitorRole::ALL;
}

pub(super) struct ManageFigures;

impl Action for ManageFigures {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance];
}

pub(super) struct ReadFigures;

impl Action for ReadFigures {
    const KEY: Option<KeyScope> = Some(KeyScope::ReadFigures);
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}

/// Read one report: allowed to those who can submit it and to those who can read all reports.
pub(super) struct ReadReport;

impl Action for ReadReport {
    const KEY: Option<KeyScope> = Some(KeyScope::ReadFigures);
    const ORGANISER: &'static [OrganiserRole] = ReadFigures::ORGANISER;
    const EXHIBITOR: &'static [ExhibitorRole] = SubmitReport::EXHIBITOR;
}
