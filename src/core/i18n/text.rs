//! Messages rendered in both languages, for code that does not know the reader's language.
use std::fmt::Display;

use fluent_bundle::FluentArgs;

use super::{Language, Words};

/// A message rendered in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Text {
    /// Text that is not from the message files, such as a name or a library's error message.
    pub fn verbatim(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { vi: vi.into(), en: en.into() }
    }
    /// The text in one language.
    pub fn say(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
    /// Joins texts with commas.
    pub fn list(texts: &[Self]) -> Self {
        let join = |language: fn(&Self) -> &str| texts.iter().map(language).collect::<Vec<_>>().join(", ");
        Self { vi: join(|t| &t.vi), en: join(|t| &t.en) }
    }
    /// The message for a key that is built at run time.
    pub fn of(key: &str) -> Self {
        Self { vi: Words(Language::Vi).say(key), en: Words(Language::En).say(key) }
    }
}

/// A message key; `tests/guards/messages.rs` checks that the message exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said(pub &'static str);

/// A message with its arguments. Rendering is deferred until conversion to [`Text`], because most validations pass.
pub struct Filled<'a> {
    key: &'static str,
    args: &'a [(&'static str, &'a dyn Display)],
    texts: Vec<(&'static str, Text)>,
}

impl Said {
    /// Adds arguments.
    pub fn with<'a>(self, args: &'a [(&'static str, &'a dyn Display)]) -> Filled<'a> {
        Filled { key: self.0, args, texts: Vec::new() }
    }
    /// Renders the message in both languages.
    pub fn text(self) -> Text {
        self.into()
    }
}

impl Filled<'_> {
    /// Adds an argument that is itself localized.
    pub fn and(mut self, name: &'static str, text: impl Into<Text>) -> Self {
        self.texts.push((name, text.into()));
        self
    }
    /// Renders the message in both languages.
    pub fn text(self) -> Text {
        self.into()
    }
}

impl From<Said> for Text {
    fn from(id: Said) -> Self {
        Self::of(id.0)
    }
}

impl From<Filled<'_>> for Text {
    fn from(message: Filled<'_>) -> Self {
        let render = |language: Language| {
            let mut args = FluentArgs::new();
            for (name, value) in message.args {
                args.set(*name, value.to_string());
            }
            for (name, text) in &message.texts {
                args.set(*name, text.say(language));
            }
            Words(language).format(message.key, Some(&args))
        };
        Self { vi: render(Language::Vi), en: render(Language::En) }
    }
}
