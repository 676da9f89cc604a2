//! Mail: renders emails from the outbox and sends them by SMTP or writes them to a folder.
mod send;
mod words;
pub use send::{Mailer, send_due};
pub use words::{Words, words};
