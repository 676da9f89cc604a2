//! Validation that collects all errors of a body, so that one response reports all of them.
use super::{
    code::Code,
    field_code::FieldCode,
    limits::TextLimit,
    problem::{FieldError, Problem},
};
use hoicho_core::{
    i18n::{LocalizedText, MessageId},
    values::text,
};

/// Validator with the errors found so far.
#[derive(Debug, Default)]
pub struct Validator(Vec<FieldError>);

impl Validator {
    /// Adds an error unless `is_valid`.
    pub fn require(&mut self, is_valid: bool, pointer: &str, code: FieldCode, detail: impl Into<LocalizedText>) {
        if !is_valid {
            self.0.push(FieldError { pointer: pointer.to_owned(), code, detail: detail.into() });
        }
    }

    /// Normalizes text (trim, NFC) and requires the length `L` and no control characters.
    pub fn require_text<L: TextLimit>(&mut self, pointer: &str, value: &str) -> String {
        let cleaned = text::normalize(value, L::MAX_CHARS);
        self.require(
            cleaned.is_some(),
            pointer,
            FieldCode::Text,
            MessageId("error-text-length").with_number("max", L::MAX_CHARS),
        );
        cleaned.unwrap_or_default()
    }

    /// Returns a 422 problem with all errors, or `Ok` if there are none.
    pub fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::with_errors(Code::Invalid, self.0)) }
    }
}
