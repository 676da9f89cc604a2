//! Webhooks: events of an organiser are sent to the endpoints it configures, following the Standard Webhooks specification.
//!
//! Invariants: an event is inserted in the transaction of its change (transactional outbox), so a crash loses none; a
//! message is delivered at least once, with the same identifier in each attempt, and messages with the same subject are
//! delivered in order; no connection is made to a private, loopback or link-local address unless the operator allows it.
mod address_filter;
mod change;
mod client;
mod deliver;
mod delivery_store;
mod described;
mod endpoint_store;
mod event_store;
pub mod events;
mod fan_out;
mod retry_policy;
mod routes;
mod signature;

pub use address_filter::{ForbiddenAddress, is_public};
pub use client::{ResolveHost, SystemResolver, WebhookClient};
pub use deliver::{ClaimedDelivery, Deliveries};
pub use delivery_store::{RecentDelivery, delete_expired, list_recent};
pub use endpoint_store::{DisabledReason, WebhookRow, list_by_organiser, list_event_types};
pub use event_store::{EventFilter, ListedEvent, list_bodies, list_newest_events};
pub use fan_out::{fan_out, find_organisers, forget_deleted};
pub use routes::{ApiDoc, routes};
pub use signature::{SigningSecret, signature_header};
