//! Mail: renders e-mails from the outbox and sends them by SMTP or writes them to a folder.
mod render;
mod send;
pub use render::{RenderedEmail, render};
pub use send::{Emails, Mailer, check_login, check_settings};
