//! Transactional outbox: e-mails are stored in the transaction that causes them and sent after it commits, so none is lost.
//!
//! Invariants: a row has a due time until it is sent or abandoned. A sender leases a row before sending it, so two nodes do
//! not send it concurrently. The payload (tokens, names) is erased once the e-mail is sent or abandoned.
mod letter;
mod store;
pub use letter::{Letter, Mail};
pub use store::{Claimed, claim, done, failed, forget, put, put_all, put_nothing, take_back, waiting, waiting_for};
