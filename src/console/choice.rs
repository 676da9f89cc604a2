//! Options of select fields and checkbox lists.
use std::fmt::Display;

use super::shell::Shell;

/// An option.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

impl Choice {
    pub fn new(value: impl Display, label: impl Into<String>, chosen: bool) -> Self {
        Self { value: value.to_string(), label: label.into(), chosen }
    }
    /// The empty option.
    pub fn none(label: String) -> Self {
        Self { value: String::new(), label, chosen: false }
    }
}

/// Localized options of an enum, for multiple selection; `now` are the selected values.
pub(super) fn ticked<T: Display + PartialEq + strum::VariantArray>(s: &Shell, set: &str, now: &[T]) -> Vec<Choice> {
    T::VARIANTS.iter().map(|v| Choice::new(v, s.of(set, v), now.contains(v))).collect()
}

/// Localized options of an enum, for single selection.
pub(super) fn of_set<T: Display + PartialEq + strum::VariantArray>(
    s: &Shell,
    set: &str,
    now: Option<&T>,
) -> Vec<Choice> {
    ticked(s, set, now.map_or(&[], std::slice::from_ref))
}
