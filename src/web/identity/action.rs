//! An action that a caller may perform.
use super::{
    api_keys::KeyScope,
    roles::{ExhibitorRole, OrganiserRole},
};

/// An action, with the roles and the key scope that may perform it.
pub trait Action: 'static {
    /// Roles with the organiser.
    const ORGANISER: &'static [OrganiserRole];
    /// Roles with the exhibitor concerned.
    const EXHIBITOR: &'static [ExhibitorRole] = &[];
    /// Scope of an API key; `None`: not with a key.
    const KEY: Option<KeyScope> = None;
}
