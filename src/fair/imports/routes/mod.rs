//! `/editions/{edition}/imports`.
mod actions;
mod apply;
mod check;
mod list;
mod mapping;
mod undo;
mod upload;
mod view;

use actix_web::web;

pub use view::{
    ColumnView, FaultView, FieldView, ImportSummaryView, ImportView, OutcomeView, UnderstoodRowView, find_recent,
    find_view,
};

/// OpenAPI operations of imports.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    upload::upload_table,
    upload::get_import,
    list::list_imports,
    mapping::put_mapping,
    check::check_import,
    apply::apply_import,
    apply::get_bad_rows,
    undo::undo_import,
))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(upload::upload_table)
        .service(upload::get_import)
        .service(list::list_imports)
        .service(mapping::put_mapping);
    cfg.service(check::check_import)
        .service(apply::apply_import)
        .service(apply::get_bad_rows)
        .service(undo::undo_import);
}
