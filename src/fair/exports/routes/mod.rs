//! Routes of exports.
mod preferences;
mod sales_lines;
mod tables;

use actix_web::web;

use super::record_table::RecordTable;
use hoicho_web::http::download::Form;

/// OpenAPI operations of exports.
#[derive(utoipa::OpenApi)]
#[openapi(paths(sales_lines::export_lines, tables::export_table), components(schemas(Form, RecordTable)))]
pub struct ApiDoc;

/// Registers the handlers.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(sales_lines::export_lines).service(tables::export_table);
}
