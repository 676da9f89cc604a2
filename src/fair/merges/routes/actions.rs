//! Actions of these endpoints, with the roles that may perform them.
use hoicho_web::identity::{Action, OrganiserRole};

/// See merges.
pub(super) struct ReadMerges;

impl Action for ReadMerges {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}

/// Merge and split records.
pub(super) struct MergeExhibitors;

impl Action for MergeExhibitors {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}
