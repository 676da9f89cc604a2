//! `/editions/{edition}/imports`.
mod actions;
mod apply;
mod check;
mod mapping;
mod stored_import;
mod upload;
mod view;

use actix_web::web;

pub use view::{ColumnView, FaultView, FieldView, ImportView, OutcomeView, UnderstoodRowView, find_view};

/// OpenAPI operations of imports.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    upload::upload_table,
    upload::get_import,
    mapping::put_mapping,
    check::check_import,
    apply::apply_import,
    apply::get_bad_rows,
))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(upload::upload_table).service(upload::get_import).service(mapping::put_mapping);
    cfg.service(check::check_import).service(apply::apply_import).service(apply::get_bad_rows);
}
