//! In-memory cache of public responses as compressed bytes, so that popular editions cost no queries.
//!
//! Invariants: only responses that a handler tagged with [`crate::changes::CacheTag`] are cached, and only for requests
//! without a token, an API key or a cookie. A change of the tagged data invalidates the response. A cached response
//! reflects all changes made on this node, and those made on other nodes that are older than
//! `store::MAX_STALENESS`.
mod encoding;
mod middleware;
mod store;

pub use middleware::middleware;
pub use store::ResponseCache;
