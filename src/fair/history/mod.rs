//! What happened: the audit log as people read it, and an edition's changes as they come.
//!
//! Invariant: a stream tells that something changed, never what it became: whoever may see that asks for it.
mod audit_log;
mod events;
mod live;
pub use live::Live;

use actix_web::web;

/// The operations of this capability.
#[derive(utoipa::OpenApi)]
#[openapi(paths(audit_log::get_audit_log, events::stream_events))]
pub struct ApiDoc;

/// Mounts them.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(audit_log::get_audit_log).service(events::stream_events);
}
