//! What every HTTP capability builds on: requests and responses, identity, the audit log, the outbox, the change feed
//! and the response cache.
pub mod audit;
pub mod changes;
pub mod http;
pub mod identity;
pub mod outbox;
pub mod response_cache;
