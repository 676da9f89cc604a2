//! Endpoints of zones, booths, the price list and the floor plan of an edition.
mod actions;
mod booth_list;
mod booth_view;
mod booths;
mod categories;
mod floor_plan;
mod generate;
mod zones;

pub use booth_list::Booths;
pub use booth_view::BoothView;
pub use zones::{ZoneView, Zones};

use actix_web::web;

/// OpenAPI operations of the floor.
#[derive(utoipa::OpenApi)]
#[openapi(
    paths(
        zones::create_zone,
        zones::list_zones,
        zones::get_zone,
        zones::patch_zone,
        zones::delete_zone,
        categories::get_categories,
        categories::put_categories,
        generate::generate_booths,
        booths::create_booth,
        booth_list::list_booths,
        booths::get_booth,
        booths::patch_booth,
        booths::delete_booth,
        floor_plan::get_floor_plan,
    ),
    components(schemas(floor_plan::PlanFormat, super::Sheet, booth_list::BoothPart))
)]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(zones::create_zone).service(zones::list_zones).service(zones::get_zone);
    cfg.service(zones::patch_zone).service(zones::delete_zone);
    cfg.service(categories::get_categories).service(categories::put_categories);
    cfg.service(generate::generate_booths);
    cfg.service(booths::create_booth).service(booth_list::list_booths).service(booths::get_booth);
    cfg.service(booths::patch_booth).service(booths::delete_booth).service(floor_plan::get_floor_plan);
}
