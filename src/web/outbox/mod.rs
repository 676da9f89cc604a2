//! Transactional outbox: e-mails are stored in the transaction that causes them and sent after it commits, so none is lost.
//!
//! Invariants: a row has a due time until it is sent or abandoned. A sender leases a row before sending it, so two nodes do
//! not send it concurrently. The payload (tokens, names) is erased once the e-mail is sent or abandoned. What one address gets
//! is limited ([`recipient_limit`]), whoever causes it.
mod dispatcher;
mod email;
mod fair_slots;
mod recipient_limit;
mod retry_policy;
mod store;
pub use dispatcher::{Delivery, Dispatcher};
pub use email::{EmailKind, OutgoingEmail, SecondFactorNotice, Sender, SsoNotice};
pub use fair_slots::SlotLimits;
pub use store::{
    ClaimedEmail, claim, count_pending, delete_expired, delete_pending, find_pending_for, forget_recipient, insert,
    insert_all, insert_decoy, list_waiting_senders, mark_failed, mark_sent,
};
