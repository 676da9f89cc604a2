//! Webhooks: events of an organiser are sent to the endpoints it configures, following the Standard Webhooks specification.
//!
//! Invariants: an event is inserted in the transaction of its change (transactional outbox), so a crash loses none; a
//! message is delivered at least once, with the same identifier in each attempt, and messages with the same subject are
//! delivered in order; no connection is made to a private, loopback or link-local address unless the operator allows it.
mod addresses;
mod client;
mod deliver;
mod endpoint;
mod event;
mod fan_out;
mod queue;
mod routes;
mod schedule;
mod signature;

pub use addresses::{Forbidden, is_public};
pub use client::{Client, Resolve, SystemResolver};
pub use deliver::deliver_due;
pub use endpoint::{SwitchedOff, WebhookRow, of_organiser, types_of};
pub use event::EventType;
pub use fan_out::{fan_out, is_anything_new};
pub use queue::{DeliveryState, Recent, forget, recent};
pub use routes::{ApiDoc, routes};
