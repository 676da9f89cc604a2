//! Sentences of the message files, made in both languages where it is not yet known who reads them.
use std::fmt::Display;

use fluent_bundle::FluentArgs;

use super::{Language, Words};

/// One message in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Text {
    /// What is no message of ours: the words of a library, a name.
    pub fn verbatim(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { vi: vi.into(), en: en.into() }
    }
    /// The message in one language.
    pub fn say(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
    /// Several, one after the other.
    pub fn list(texts: &[Self]) -> Self {
        let join = |of: fn(&Self) -> &str| texts.iter().map(of).collect::<Vec<_>>().join(", ");
        Self { vi: join(|t| &t.vi), en: join(|t| &t.en) }
    }
    /// The message of a key that is put together.
    pub fn of(key: &str) -> Self {
        Self { vi: Words(Language::Vi).say(key), en: Words(Language::En).say(key) }
    }
}

/// The key of a message; `tests/guards/messages.rs` sees that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said(pub &'static str);

/// A message with its blanks filled. Nothing is written before it is needed: most checks hold.
pub struct Filled<'a> {
    key: &'static str,
    blanks: &'a [(&'static str, &'a dyn Display)],
    texts: Vec<(&'static str, Text)>,
}

impl Said {
    /// With blanks filled.
    pub fn with<'a>(self, blanks: &'a [(&'static str, &'a dyn Display)]) -> Filled<'a> {
        Filled { key: self.0, blanks, texts: Vec::new() }
    }
    /// In both languages.
    pub fn text(self) -> Text {
        self.into()
    }
}

impl Filled<'_> {
    /// With one more blank, filled by what is a message itself.
    pub fn and(mut self, name: &'static str, text: impl Into<Text>) -> Self {
        self.texts.push((name, text.into()));
        self
    }
    /// In both languages.
    pub fn text(self) -> Text {
        self.into()
    }
}

impl From<Said> for Text {
    fn from(said: Said) -> Self {
        Self::of(said.0)
    }
}

impl From<Filled<'_>> for Text {
    fn from(filled: Filled<'_>) -> Self {
        let say = |language: Language| {
            let mut args = FluentArgs::new();
            for (name, value) in filled.blanks {
                args.set(*name, value.to_string());
            }
            for (name, text) in &filled.texts {
                args.set(*name, text.say(language));
            }
            Words(language).format(filled.key, Some(&args))
        };
        Self { vi: say(Language::Vi), en: say(Language::En) }
    }
}
