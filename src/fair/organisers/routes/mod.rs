//! `/organisers` with members and API keys, and `/series`.
mod actions;
mod keys;
mod members;
mod organiser;
mod second_factor;
mod series;

use actix_web::web;

/// OpenAPI operations of this module.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    organiser::create_organiser,
    organiser::list_organisers,
    organiser::get_organiser,
    organiser::patch_organiser,
    organiser::delete_organiser,
    second_factor::require_second_factor,
    members::list_members,
    members::invite_member,
    members::put_member,
    members::remove_member,
    members::revoke_invitation,
    keys::create_key,
    keys::list_keys,
    keys::rotate_key,
    keys::revoke_key,
    series::create_series,
    series::list_series,
    series::get_series,
    series::patch_series,
    series::delete_series,
))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(organiser::create_organiser).service(organiser::list_organisers);
    cfg.service(organiser::get_organiser).service(organiser::patch_organiser).service(organiser::delete_organiser);
    cfg.service(second_factor::require_second_factor);
    cfg.service(members::list_members).service(members::invite_member).service(members::put_member);
    cfg.service(members::remove_member).service(members::revoke_invitation);
    cfg.service(keys::create_key).service(keys::list_keys).service(keys::rotate_key).service(keys::revoke_key);
    cfg.service(series::create_series).service(series::list_series).service(series::get_series);
    cfg.service(series::patch_series).service(series::delete_series);
}
