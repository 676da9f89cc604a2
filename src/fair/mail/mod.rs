//! Mail: takes letters from the outbox, puts them into words, and hands them to a mail server or a folder.
mod send;
mod words;
pub use send::{Mailer, send_due};
pub use words::{Words, words};
