//! Change tracking for partner sites that mirror editions, zones, booths and booth occupants.
//!
//! Invariants: database triggers record every change in the transaction that makes it. A client that requests the changes
//! since a revision it received misses none, on either database and from any node, but may receive a change twice. Change
//! rows outlive their subjects, so deletions are reported.
mod cache_tag;
mod kind;
mod revision;
mod store;
mod sync;

pub use cache_tag::CacheTag;
pub use kind::Kind;
pub use revision::Revision;
pub use store::{current_revision, find_boundaries, list_all_changes};
pub use sync::{Mirrored, SyncList, SyncRequest, parse_request, read_page};
