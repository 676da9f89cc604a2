//! Messages rendered in both languages, for code that does not know the reader's language.
use std::fmt::Display;

use fluent_bundle::FluentArgs;

use super::{Language, Localizer, format};

/// A message rendered in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalizedText {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl LocalizedText {
    /// Text that is not from the message files, such as a name or a library's error message.
    pub fn verbatim(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { vi: vi.into(), en: en.into() }
    }
    /// The text in one language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
    /// Joins texts with commas.
    pub fn join(texts: &[Self]) -> Self {
        let join = |language: fn(&Self) -> &str| texts.iter().map(language).collect::<Vec<_>>().join(", ");
        Self { vi: join(|t| &t.vi), en: join(|t| &t.en) }
    }
    /// The message for a key that is built at run time.
    pub fn from_key(key: &str) -> Self {
        Self { vi: Localizer(Language::Vi).localize(key), en: Localizer(Language::En).localize(key) }
    }
}

/// A message key; `tests/guards/messages.rs` checks that the message exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageId(pub &'static str);

/// A message with its arguments. Rendering is deferred until conversion to [`LocalizedText`], because most validations pass.
pub struct MessageWithArgs<'a> {
    key: &'static str,
    args: &'a [(&'static str, &'a dyn Display)],
    numbers: Vec<(&'static str, i64)>,
    texts: Vec<(&'static str, LocalizedText)>,
}

impl MessageId {
    /// Adds arguments.
    pub fn with_args<'a>(self, args: &'a [(&'static str, &'a dyn Display)]) -> MessageWithArgs<'a> {
        MessageWithArgs { key: self.0, args, numbers: Vec::new(), texts: Vec::new() }
    }
    /// Adds an integer, for example the limit that a value exceeds; it is formatted as the language groups digits.
    pub fn with_number(self, name: &'static str, n: impl TryInto<i64>) -> MessageWithArgs<'static> {
        self.with_args(&[]).with_number(name, n)
    }
    /// Renders the message in both languages.
    pub fn localize(self) -> LocalizedText {
        self.into()
    }
}

impl MessageWithArgs<'_> {
    /// Adds an integer, formatted as the language groups digits.
    pub fn with_number(mut self, name: &'static str, n: impl TryInto<i64>) -> Self {
        self.numbers.push((name, n.try_into().unwrap_or(i64::MAX)));
        self
    }
    /// Adds an argument that is itself localized.
    pub fn with_text(mut self, name: &'static str, text: impl Into<LocalizedText>) -> Self {
        self.texts.push((name, text.into()));
        self
    }
    /// Renders the message in both languages.
    pub fn localize(self) -> LocalizedText {
        self.into()
    }
}

impl From<MessageId> for LocalizedText {
    fn from(id: MessageId) -> Self {
        Self::from_key(id.0)
    }
}

impl From<MessageWithArgs<'_>> for LocalizedText {
    fn from(message: MessageWithArgs<'_>) -> Self {
        let render = |language: Language| {
            let mut args = FluentArgs::new();
            for (name, value) in message.args {
                args.set(*name, value.to_string());
            }
            for (name, n) in &message.numbers {
                args.set(*name, format::integer(language, *n));
            }
            for (name, text) in &message.texts {
                args.set(*name, text.get(language));
            }
            Localizer(language).format(message.key, Some(&args))
        };
        Self { vi: render(Language::Vi), en: render(Language::En) }
    }
}
