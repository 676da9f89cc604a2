//! Answers to the public, kept as finished, compressed bytes: a fair that everybody looks at costs no query.
//!
//! Invariants: only answers that a handler marked with [`crate::changes::About`] are kept, and only for requests without
//! a login, a key or a cookie; an answer is thrown away when anything it was made from changes. Before a kept answer is
//! given, the node knows all changes it made itself, and those that others made until half a second ago.
mod encoding;
mod serve;
mod shelf;

pub use serve::serve;
pub use shelf::Shelf;
