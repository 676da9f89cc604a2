//! Collects everything that is wrong with a body, so that the caller hears all of it at once.
use super::problem::{Code, FieldError, Problem};
use hoicho_core::{
    i18n::{Said, Text},
    values::text,
};

/// What was found wrong so far.
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldError>);

impl Checks {
    /// Notes a fault unless `holds`.
    pub fn that(&mut self, holds: bool, pointer: &str, code: &'static str, detail: impl Into<Text>) {
        if !holds {
            self.0.push(FieldError { pointer: pointer.to_owned(), code, detail: detail.into() });
        }
    }

    /// Text a person typed: trimmed, NFC, 1 to `most` characters, no control characters.
    pub fn text(&mut self, pointer: &str, value: &str, most: usize) -> String {
        let cleaned = text::clean(value, most);
        self.that(cleaned.is_some(), pointer, "text", Said("it-needs-1-to-characters").with(&[("most", &most)]));
        cleaned.unwrap_or_default()
    }

    /// The verdict: nothing wrong, or a 422 with all of it.
    pub fn done(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem { code: Code::Invalid, detail: None, errors: self.0 }) }
    }
}
