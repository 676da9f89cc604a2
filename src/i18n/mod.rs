//! Vietnamese and English, everywhere a person reads.
pub mod collation;
pub mod numbers;
mod words;
pub use words::Words;

crate::text_enum! {
    /// A language a person reads.
    Language {
        /// Tiếng Việt: the default, our users' own.
        Vi,
        /// English.
        En,
    }
}

impl Language {
    /// The first language of an `Accept-Language` header that we speak; Vietnamese otherwise.
    pub fn from_header(header: Option<&str>) -> Self {
        header
            .unwrap_or_default()
            .split(',')
            .find_map(|tag| match tag.trim().get(..2) {
                Some(vi) if vi.eq_ignore_ascii_case("vi") => Some(Self::Vi),
                Some(en) if en.eq_ignore_ascii_case("en") => Some(Self::En),
                Some(_) | None => None,
            })
            .unwrap_or(Self::Vi)
    }

    /// The tag for `Content-Language`.
    pub fn tag(self) -> &'static str {
        self.as_str()
    }
}

/// One message in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Text {
    /// A message; a translation cannot be forgotten, because both are needed to make one.
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { vi: vi.into(), en: en.into() }
    }
    /// The message in one language.
    pub fn say(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_we_speak_wins() {
        assert_eq!(Language::from_header(Some("fr, en-GB;q=0.8")), Language::En);
        assert_eq!(Language::from_header(Some("é,x")), Language::Vi);
        assert_eq!(Language::from_header(None), Language::Vi);
    }
}
