//! `/editions` with opening days and transitions.
mod actions;
mod create;
mod edition;
mod end;
mod instant_input;
mod list;
mod opening_days;
mod transition;
mod view;

pub use create::{validate_currency, validate_declared, validate_time_zone};
pub use opening_days::validate_days;
pub use view::{EditionView, OpeningDay, load_view};

use actix_web::web;

/// OpenAPI operations of this module.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    create::create_edition,
    list::list_editions,
    edition::get_edition,
    edition::patch_edition,
    edition::delete_edition,
    opening_days::get_opening_days,
    opening_days::put_opening_days,
    transition::transition,
    end::end_edition,
    end::resume_edition,
))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(create::create_edition).service(list::list_editions).service(edition::get_edition);
    cfg.service(edition::patch_edition).service(edition::delete_edition);
    cfg.service(opening_days::get_opening_days).service(opening_days::put_opening_days);
    cfg.service(transition::transition).service(end::end_edition).service(end::resume_edition);
}
