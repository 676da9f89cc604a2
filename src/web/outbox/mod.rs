//! What is to be done after a transaction, written in it: nothing is lost between a commit and a mail.
//!
//! Invariants: a row is due until it is done or given up; a sender takes a row for a while before it works on it,
//! so two nodes do not send it at once; what a letter held (a token, a name) is wiped when it has been sent.
mod letter;
mod store;
pub use letter::{Letter, Mail};
pub use store::{Claimed, claim, done, failed, forget, put, put_all, put_nothing, take_back, waiting, waiting_for};
