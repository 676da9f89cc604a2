//! What a request reads beyond what is public: the scope of API keys and the roles of staff that it takes.
use super::{api_keys::KeyScope, roles::OrganiserRole};

/// Who reads more than the public does: the scope with which an API key reads as its organiser's staff does, and the roles of staff.
pub trait ReadScope: 'static {
    /// Required scope of a key.
    const SCOPE: KeyScope;
    /// Required role with the organiser; others read what is public. Gate staff needs the dates of an edition only.
    const ROLES: &'static [OrganiserRole] = OrganiserRole::READERS;
}
/// Editions with their floor and who stands there, drafts included.
pub struct EditionsScope;
impl ReadScope for EditionsScope {
    const SCOPE: KeyScope = KeyScope::ReadEditions;
}
/// Name, dates and opening days of an edition, drafts included: also for gate staff.
pub struct DatesScope;
impl ReadScope for DatesScope {
    const SCOPE: KeyScope = KeyScope::ReadEditions;
    const ROLES: &'static [OrganiserRole] = OrganiserRole::ALL;
}
/// Exhibitors, also those without a booth.
pub struct ExhibitorsScope;
impl ReadScope for ExhibitorsScope {
    const SCOPE: KeyScope = KeyScope::ReadExhibitors;
}
/// Figures, also before they are final.
pub struct FiguresScope;
impl ReadScope for FiguresScope {
    const SCOPE: KeyScope = KeyScope::ReadFigures;
}

/// The constants of a [`ReadScope`], so that the check is compiled once for all of them.
#[derive(Clone, Copy)]
pub(super) struct ReadNeeds {
    pub scope: KeyScope,
    pub roles: &'static [OrganiserRole],
}

impl ReadNeeds {
    pub fn of<S: ReadScope>() -> Self {
        Self { scope: S::SCOPE, roles: S::ROLES }
    }
}
