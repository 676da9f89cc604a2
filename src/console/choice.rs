//! Choices of a form's lists.
use std::fmt::Display;

use super::shell::Shell;

/// One of the things to choose from.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

impl Choice {
    /// A choice by its name.
    pub fn new(value: impl Display, label: impl Into<String>, chosen: bool) -> Self {
        Self { value: value.to_string(), label: label.into(), chosen }
    }
    /// The first line: nothing chosen.
    pub fn none(label: String) -> Self {
        Self { value: String::new(), label, chosen: false }
    }
}

/// The values of a set, in words; `now` are those that are chosen.
pub(super) fn ticked<T: Display + PartialEq + strum::VariantArray>(s: &Shell, set: &str, now: &[T]) -> Vec<Choice> {
    T::VARIANTS.iter().map(|v| Choice::new(v, s.of(set, v), now.contains(v))).collect()
}

/// The same where one at most is chosen.
pub(super) fn of_set<T: Display + PartialEq + strum::VariantArray>(
    s: &Shell,
    set: &str,
    now: Option<&T>,
) -> Vec<Choice> {
    ticked(s, set, now.map_or(&[], std::slice::from_ref))
}
