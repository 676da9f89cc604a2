//! The supported languages.
crate::text_enum! {
    /// A supported language.
    Language {
        /// Vietnamese, the default.
        Vi,
        /// English.
        En,
    }
}

impl Language {
    /// The first supported language of an `Accept-Language` header, ignoring weights; Vietnamese if there is none.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_supported_language_is_selected() {
        assert_eq!(Language::from_header(Some("fr, en-GB;q=0.8")), Language::En);
        assert_eq!(Language::from_header(Some("é,x")), Language::Vi);
        assert_eq!(Language::from_header(None), Language::Vi);
    }
}
