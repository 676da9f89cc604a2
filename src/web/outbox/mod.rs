//! Transactional outbox: e-mails are stored in the transaction that causes them and sent after it commits, so none is lost.
//!
//! Invariants: a row has a due time until it is sent or abandoned. A sender leases a row before sending it, so two nodes do
//! not send it concurrently. The payload (tokens, names) is erased once the e-mail is sent or abandoned.
mod email;
mod retry_policy;
mod store;
pub use email::{EmailKind, OutgoingEmail};
pub use store::{
    ClaimedEmail, claim, count_pending, delete_expired, delete_pending, find_pending_for, insert, insert_all,
    insert_decoy, mark_failed, mark_sent,
};
