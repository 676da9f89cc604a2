//! Collects everything that is wrong with a body, so that the caller hears all of it at once.
use super::problem::{Code, FieldError, Problem};
use crate::{i18n::Text, values::text};

/// What was found wrong so far.
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldError>);

impl Checks {
    /// Notes a fault unless `holds`.
    pub fn that(&mut self, holds: bool, pointer: &str, code: &'static str, vi: &str, en: &str) {
        if !holds {
            self.0.push(FieldError { pointer: pointer.to_owned(), code, detail: Text::new(vi, en) });
        }
    }

    /// Text a person typed: trimmed, NFC, 1 to `most` characters, no control characters.
    pub fn text(&mut self, pointer: &str, value: &str, most: usize) -> String {
        let cleaned = text::clean(value, most);
        self.that(
            cleaned.is_some(),
            pointer,
            "text",
            &format!("Cần từ 1 đến {most} ký tự, không có ký tự điều khiển."),
            &format!("It needs 1 to {most} characters and no control characters."),
        );
        cleaned.unwrap_or_default()
    }

    /// The verdict: nothing wrong, or a 422 with all of it.
    pub fn done(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem { code: Code::Invalid, detail: None, errors: self.0 }) }
    }
}
