//! `/venues`.
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use serde::{Deserialize, Serialize};

use super::{
    super::store::{self, VenueRow},
    actions::{ManageVenues, ReadVenues},
};
use hoicho_core::{
    db::Tx,
    values::ids::{OrganiserId, VenueId},
};
use hoicho_web::{
    audit::AuditAction,
    http::{
        ApiResponse, Body, Code, Problem, Query, Validator,
        etag::{self, IfMatch},
        limits::{AddressText, NameText},
        pagination::{self, Page},
        patch::deserialize_present,
    },
    identity::{Action, Permit, SignedIn, authorize_staff},
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateVenue {
    /// The organiser; the caller is its owner or a manager.
    organiser: OrganiserId,
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    name: String,
    /// 1 to 500 characters.
    #[schema(value_type = AddressText)]
    address: String,
}

/// A venue of fairs.
#[derive(Serialize, utoipa::ToSchema)]
struct VenueView {
    /// Made by the server.
    id: VenueId,
    /// The organiser whose venue it is.
    organiser: OrganiserId,
    /// 1 to 200 characters; public with its editions.
    name: String,
    /// Postal address as one text; public with its editions.
    address: String,
}

fn view(row: &VenueRow) -> VenueView {
    VenueView { id: row.id, organiser: row.organiser_id, name: row.name.clone(), address: row.address.clone() }
}

/// Creates a venue of an organiser.
///
/// Owners and managers of the organiser. An edition takes place in it by its field `venue`.
#[utoipa::path(
    post,
    path = "/api/v1/venues",
    tag = "floor",
    security(("session" = [])),
    request_body = CreateVenue,
    responses(
        (status = 201, body = VenueView),
        (status = 403),
        (status = 404),
        (status = 422),
    ),
)]
#[post("/venues")]
pub(super) async fn create_venue(caller: SignedIn, body: Body<CreateVenue>) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let (name, address) = (
        checks.require_text::<NameText>("/name", &body.name),
        checks.require_text::<AddressText>("/address", &body.address),
    );
    checks.finish()?;
    let row = VenueRow { id: VenueId::make(), organiser_id: body.organiser, name, address, version: 1 };
    let (user, now) = (caller.user_session(), caller.now);
    let work = move |tx: &mut Tx<'_>| {
        let authorized = authorize_staff(tx, user, now, row.organiser_id, ManageVenues::ORGANISER)?;
        store::insert(tx, &row)?;
        authorized.record_audit(tx, AuditAction::VenueCreate, row.id, None, Some(view(&row)))?;
        Ok(ApiResponse::created(&format!("/venues/{}", row.id), &view(&row))?.with_version(1))
    };
    caller.write_once(work).await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct VenueQuery {
    /// Organiser of the venues.
    organiser: OrganiserId,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<u16>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// The venues of an organiser in order of creation, for its staff.
///
/// All roles with the organiser, gate staff too; others get 404.
#[utoipa::path(
    get,
    path = "/api/v1/venues",
    tag = "floor",
    security(("session" = [])),
    params(VenueQuery),
    responses(
        (status = 200, body = Page<VenueView>),
        (status = 401),
        (status = 404),
    ),
)]
#[get("/venues")]
pub(super) async fn list_venues(
    req: HttpRequest,
    caller: SignedIn,
    query: Query<VenueQuery>,
) -> Result<HttpResponse, Problem> {
    let VenueQuery { organiser, limit, cursor } = query.into_result()?;
    let query = pagination::PageQuery { limit, cursor };
    let (limit, after) = (query.limit()?, query.decode_id_cursor()?);
    let (user, now) = (caller.user_session(), caller.now);
    let rows = caller.context.db.read(move |tx| {
        authorize_staff(tx, user, now, organiser, ReadVenues::ORGANISER)?;
        Ok::<_, Problem>(store::list_page(tx, organiser, after, limit + 1)?)
    });
    let views = rows.await?.iter().map(view).collect();
    Ok(Page::from_rows(views, limit, |v: &VenueView| v.id.to_string()).into_response(&req))
}

/// A venue, for the organiser's staff. It is public as part of an edition.
///
/// All roles with the organiser, gate staff too.
#[utoipa::path(
    get,
    path = "/api/v1/venues/{venue}",
    tag = "floor",
    security(("session" = [])),
    params(("venue" = VenueId, Path)),
    responses(
        (status = 200, body = VenueView),
        (status = 404),
    ),
)]
#[get("/venues/{venue}")]
pub(super) async fn get_venue(permit: Permit<ReadVenues>) -> Result<HttpResponse, Problem> {
    let row = permit.read(|tx, authorized| Ok(store::find(tx, authorized.venue()?)?)).await?;
    Ok(HttpResponse::Ok().insert_header(etag::header(row.version)).json(view(&row)))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchVenue {
    /// 1 to 200 characters.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<NameText>)]
    name: Option<String>,
    /// 1 to 500 characters.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<AddressText>)]
    address: Option<String>,
}

/// Changes a venue.
///
/// Owners and managers of the organiser; requires `If-Match`. Editions show the new name and address, also past ones.
#[utoipa::path(
    patch,
    path = "/api/v1/venues/{venue}",
    tag = "floor",
    security(("session" = [])),
    params(
        ("venue" = VenueId, Path),
        ("If-Match" = String, Header),
    ),
    request_body = PatchVenue,
    responses(
        (status = 200, body = VenueView),
        (status = 404),
        (status = 412),
        (status = 422),
    ),
)]
#[patch("/venues/{venue}")]
pub(super) async fn patch_venue(
    permit: Permit<ManageVenues>,
    if_match: IfMatch,
    body: Body<PatchVenue>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let name = body.name.map(|n| checks.require_text::<NameText>("/name", &n));
    let address = body.address.map(|a| checks.require_text::<AddressText>("/address", &a));
    checks.finish()?;
    permit
        .write(move |tx, authorized| {
            let before = store::find(tx, authorized.venue()?)?;
            if_match.check(before.version)?;
            let mut row = VenueRow { version: before.version + 1, ..before.clone() };
            row.name = name.unwrap_or(row.name);
            row.address = address.unwrap_or(row.address);
            if !store::update(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            authorized.record_audit(tx, AuditAction::VenueChange, row.id, Some(view(&before)), Some(view(&row)))?;
            Ok(ApiResponse::ok(&view(&row))?.with_version(row.version))
        })
        .await
}

/// Deletes a venue that no edition uses.
///
/// Owners and managers of the organiser; requires `If-Match`. Its halls are deleted with it. Refused with 409 `in_use` while an
/// edition takes place in it.
#[utoipa::path(
    delete,
    path = "/api/v1/venues/{venue}",
    tag = "floor",
    security(("session" = [])),
    params(
        ("venue" = VenueId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
        (status = 412),
    ),
)]
#[delete("/venues/{venue}")]
pub(super) async fn delete_venue(permit: Permit<ManageVenues>, if_match: IfMatch) -> Result<ApiResponse, Problem> {
    permit
        .write(move |tx, authorized| {
            let before = store::find(tx, authorized.venue()?)?;
            if_match.check(before.version)?;
            store::delete(tx, before.id)?;
            authorized.record_audit(tx, AuditAction::VenueDelete, before.id, Some(view(&before)), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
