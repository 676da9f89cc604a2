//! Options of select fields and checkbox lists.
use std::fmt::Display;

use super::page_context::PageContext;

/// An option.
#[derive(Debug, Clone)]
pub(super) struct SelectOption {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

impl SelectOption {
    pub fn new(value: impl Display, label: impl Into<String>, chosen: bool) -> Self {
        Self { value: value.to_string(), label: label.into(), chosen }
    }
    /// The empty option.
    pub fn none(label: String) -> Self {
        Self { value: String::new(), label, chosen: false }
    }
}

/// Localized options of an enum, for multiple selection; `now` are the selected values.
pub(super) fn multi_select<T: Display + PartialEq + strum::VariantArray>(
    s: &PageContext,
    set: &str,
    now: &[T],
) -> Vec<SelectOption> {
    T::VARIANTS.iter().map(|v| SelectOption::new(v, s.of(set, v), now.contains(v))).collect()
}

/// Localized options of an enum, for single selection.
pub(super) fn select<T: Display + PartialEq + strum::VariantArray>(
    s: &PageContext,
    set: &str,
    now: Option<&T>,
) -> Vec<SelectOption> {
    multi_select(s, set, now.map_or(&[], std::slice::from_ref))
}
