//! Allocation of booths to applications: manually (hold, offer, confirm, release) or by an allocation run.
//!
//! Invariants: a booth has at most one active allocation (unique index `allocations_booth_id_active_key`); the booths of
//! one hold are adjacent unless the organiser allows otherwise; an exhibitor is eligible for the zone of its booth unless
//! the organiser gives a reason for a waiver; who had a booth on a past day does not change ([`occupancies`]); a hold or offer
//! past its expiry is not active; a withdrawn application has no active allocation.
pub(crate) mod archive;
pub mod audited;
mod expire;
pub mod hold;
pub mod lifecycle;
mod move_booth;
pub mod occupancies;
mod offer_email;
pub mod owners;
pub mod participants;
mod routes;
pub mod runs;
pub mod store;
mod swap;
mod transitions;
mod withdraw;
pub use expire::{expire_due, find_due};
pub use lifecycle::{HOLD_TTL_S, HoldSeconds, MAX_BOOTHS_PER_HOLD, OFFER_TTL_S, default_ttl_s};
pub use routes::{ApiDoc, routes};
pub use runs::{
    refill_store::find_refills,
    waiting_list::{plan_offers, write_offers},
};
