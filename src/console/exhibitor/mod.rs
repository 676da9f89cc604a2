//! Pages of exhibitor.
use actix_web::web;

/// Mounts the pages.
pub(super) fn routes(_: &mut web::ServiceConfig) {}
