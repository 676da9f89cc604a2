//! Options of select fields and checkbox lists.
use std::fmt::Display;

use super::page_context::PageContext;

/// An option.
#[derive(Debug, Clone)]
pub(super) struct SelectOption {
    pub value: String,
    pub label: String,
    pub selected: bool,
}

impl SelectOption {
    pub fn new(value: impl Display, label: impl Into<String>, selected: bool) -> Self {
        Self { value: value.to_string(), label: label.into(), selected }
    }
    /// The empty option.
    pub fn none(label: String) -> Self {
        Self { value: String::new(), label, selected: false }
    }
}

/// Localized options of an enum, for multiple selection; `prefix` is that of the message keys.
pub(super) fn multi_select<T: Display + PartialEq + strum::VariantArray>(
    page: &PageContext,
    prefix: &str,
    selected: &[T],
) -> Vec<SelectOption> {
    T::VARIANTS.iter().map(|v| SelectOption::new(v, page.t_value(prefix, v), selected.contains(v))).collect()
}

/// Localized options of an enum, for single selection.
pub(super) fn select<T: Display + PartialEq + strum::VariantArray>(
    page: &PageContext,
    prefix: &str,
    selected: Option<&T>,
) -> Vec<SelectOption> {
    multi_select(page, prefix, selected.map_or(&[], std::slice::from_ref))
}
