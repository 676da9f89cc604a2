//! An action that a caller may perform.
use super::{
    api_keys::KeyScope,
    roles::{OrganisationRole, OrganiserRole},
};

/// An action, with the roles and the key scope that may perform it.
pub trait Action: 'static {
    /// Roles with the organiser.
    const ORGANISER: &'static [OrganiserRole];
    /// Roles with the organisation, or one that is linked with an exhibitor concerned.
    const ORGANISATION: &'static [OrganisationRole] = &[];
    /// Scope of an API key; `None`: not with a key.
    const KEY: Option<KeyScope> = None;
    /// Whether it is done for an exhibitor: staff then acts on behalf of it, which the audit log records.
    const IS_FOR_EXHIBITOR: bool = false;
}
