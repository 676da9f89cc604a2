//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, KeyScope, OrganisationRole, OrganiserRole};

/// Report sales; staff does it on behalf of the exhibitor.
pub(super) struct SubmitReport;

impl Action for SubmitReport {
    const IS_FOR_EXHIBITOR: bool = true;
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance];
    const ORGANISATION: &'static [OrganisationRole] = OrganisationRole::ALL;
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
    const ORGANISATION: &'static [OrganisationRole] = SubmitReport::ORGANISATION;
}
