//! Localization of all text for people into Vietnamese and English.
pub mod collation;
pub mod countries;
pub mod format;
mod language;
mod localizer;
mod text;
pub use language::Language;
pub use localizer::Localizer;
pub use text::{LocalizedText, MessageId, MessageWithArgs};
