//! The audit log, and the changes of an edition as server-sent events.
//!
//! Invariant: an event says which resource changed, never its content; reading that needs its own authorization.
mod audit_log;
mod event_stream;
mod events;
pub use event_stream::EditionStreams;

use actix_web::web;

/// OpenAPI operations of this module.
#[derive(utoipa::OpenApi)]
#[openapi(paths(audit_log::get_audit_log, events::stream_events))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(audit_log::get_audit_log).service(events::stream_events);
}
