//! `/venues/{venue}/halls`.
use actix_web::{HttpResponse, delete, get, patch, post, web};
use serde::{Deserialize, Serialize};

use super::{
    super::store::{self, HallRow},
    actions::{ManageVenues, ReadVenues},
};
use hoicho_core::values::ids::{HallId, VenueId};
use hoicho_web::{
    audit::AuditAction,
    http::{
        ApiResponse, Body, Code, Items, Problem, Validator, etag::IfMatch, limits::NameText, patch::deserialize_present,
    },
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateHall {
    /// Unique in the venue; 1 to 200 characters.
    #[schema(value_type = NameText)]
    name: String,
    /// Outdoor area; default `false`.
    #[serde(default)]
    is_outdoor: bool,
}

/// A hall or outdoor area of a venue.
#[derive(Serialize, utoipa::ToSchema)]
struct HallView {
    /// Made by the server.
    id: HallId,
    /// The venue that it is in.
    venue: VenueId,
    /// Unique in the venue.
    name: String,
    /// Whether it is an outdoor area.
    is_outdoor: bool,
    /// For `If-Match`: `"v…"`.
    version: i32,
}

fn view(row: &HallRow) -> HallView {
    HallView {
        id: row.id,
        venue: row.venue_id,
        name: row.name.clone(),
        is_outdoor: row.is_outdoor,
        version: row.version,
    }
}

/// Adds a hall to a venue.
///
/// Owners and managers of the organiser. Refused with 409 `already_exists` if the name is in use in the venue.
#[utoipa::path(
    post,
    path = "/api/v1/venues/{venue}/halls",
    tag = "floor",
    security(("session" = [])),
    params(("venue" = VenueId, Path)),
    request_body = CreateHall,
    responses(
        (status = 201, body = HallView),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/venues/{venue}/halls")]
pub(super) async fn create_hall(permit: Permit<ManageVenues>, body: Body<CreateHall>) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let name = checks.require_text::<NameText>("/name", &body.name);
    checks.finish()?;
    permit
        .write_once(move |tx, authorized| {
            let venue = authorized.venue()?;
            let row = HallRow { id: HallId::make(), venue_id: venue, name, is_outdoor: body.is_outdoor, version: 1 };
            store::insert_hall(tx, &row)?;
            authorized.record_audit(tx, AuditAction::HallCreate, row.id, None, Some(view(&row)))?;
            Ok(ApiResponse::created(&format!("/venues/{venue}/halls/{}", row.id), &view(&row))?.with_version(1))
        })
        .await
}

/// The halls of a venue, ordered by name.
///
/// All roles with the organiser, gate staff too.
#[utoipa::path(
    get,
    path = "/api/v1/venues/{venue}/halls",
    tag = "floor",
    security(("session" = [])),
    params(("venue" = VenueId, Path)),
    responses(
        (status = 200, body = Items<HallView>),
        (status = 404),
    ),
)]
#[get("/venues/{venue}/halls")]
pub(super) async fn list_halls(permit: Permit<ReadVenues>) -> Result<HttpResponse, Problem> {
    let rows = permit.read(|tx, authorized| Ok(store::list_halls(tx, authorized.venue()?)?)).await?;
    Ok(HttpResponse::Ok().json(Items { items: rows.iter().map(view).collect() }))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchHall {
    /// Unique in the venue; 1 to 200 characters.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<NameText>)]
    name: Option<String>,
    /// Whether it is an outdoor area.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    is_outdoor: Option<bool>,
}

/// Changes a hall.
///
/// Owners and managers of the organiser; requires `If-Match`. Refused with 409 `already_exists` if the name is in use in the
/// venue.
#[utoipa::path(
    patch,
    path = "/api/v1/venues/{venue}/halls/{hall}",
    tag = "floor",
    security(("session" = [])),
    params(
        ("venue" = VenueId, Path),
        ("hall" = HallId, Path),
        ("If-Match" = String, Header),
    ),
    request_body = PatchHall,
    responses(
        (status = 200, body = HallView),
        (status = 404),
        (status = 412),
        (status = 422),
    ),
)]
#[patch("/venues/{venue}/halls/{hall}")]
pub(super) async fn patch_hall(
    permit: Permit<ManageVenues>,
    path: web::Path<(VenueId, HallId)>,
    if_match: IfMatch,
    body: Body<PatchHall>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let name = body.name.map(|n| checks.require_text::<NameText>("/name", &n));
    checks.finish()?;
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let before = store::find_hall(tx, authorized.venue()?, id)?;
            if_match.check(before.version)?;
            let mut row = HallRow { version: before.version + 1, ..before.clone() };
            row.name = name.unwrap_or(row.name);
            row.is_outdoor = body.is_outdoor.unwrap_or(row.is_outdoor);
            if !store::update_hall(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            authorized.record_audit(tx, AuditAction::HallChange, row.id, Some(view(&before)), Some(view(&row)))?;
            Ok(ApiResponse::ok(&view(&row))?.with_version(row.version))
        })
        .await
}

/// Deletes a hall that has no zones.
///
/// Owners and managers of the organiser; requires `If-Match`. Refused with 409 `in_use` while a zone of an edition is in it.
#[utoipa::path(
    delete,
    path = "/api/v1/venues/{venue}/halls/{hall}",
    tag = "floor",
    security(("session" = [])),
    params(
        ("venue" = VenueId, Path),
        ("hall" = HallId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
        (status = 412),
    ),
)]
#[delete("/venues/{venue}/halls/{hall}")]
pub(super) async fn delete_hall(
    permit: Permit<ManageVenues>,
    path: web::Path<(VenueId, HallId)>,
    if_match: IfMatch,
) -> Result<ApiResponse, Problem> {
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let before = store::find_hall(tx, authorized.venue()?, id)?;
            if_match.check(before.version)?;
            store::delete_hall(tx, before.id)?;
            authorized.record_audit(tx, AuditAction::HallDelete, before.id, Some(view(&before)), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
