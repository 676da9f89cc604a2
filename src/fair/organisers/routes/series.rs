//! `/series`: series of editions.
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use serde::{Deserialize, Serialize};

use super::{
    super::store::{self, SeriesRow},
    actions::{ManagePlanning, ReadAsStaff},
};
use hoicho_core::{
    db::Tx,
    values::ids::{OrganiserId, SeriesId},
};
use hoicho_web::{
    audit::AuditAction,
    http::{
        ApiResponse, Body, Code, Problem, Query, Validator,
        etag::{self, IfMatch},
        limits::NameText,
        pagination::{self, Page},
    },
    identity::{OrganiserRole, Permit, SignedIn, authorize_staff},
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateSeries {
    /// The organiser; the caller is its owner or a manager.
    organiser: OrganiserId,
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    name: String,
}

/// A series of editions that are compared with each other.
#[derive(Serialize, utoipa::ToSchema)]
struct SeriesView {
    /// Made by the server.
    id: SeriesId,
    /// The organiser whose editions it has.
    organiser: OrganiserId,
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    name: String,
}

fn view(row: SeriesRow) -> SeriesView {
    SeriesView { id: row.id, organiser: row.organiser_id, name: row.name }
}

/// Creates a series, whose editions can be compared with each other.
///
/// Owners and managers of the organiser. An edition joins it by its field `series`.
#[utoipa::path(
    post,
    path = "/api/v1/series",
    tag = "editions",
    security(("session" = [])),
    request_body = CreateSeries,
    responses(
        (status = 201, body = SeriesView),
        (status = 403),
        (status = 404),
        (status = 422),
    ),
)]
#[post("/series")]
pub(super) async fn create_series(caller: SignedIn, body: Body<CreateSeries>) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let name = checks.require_text::<NameText>("/name", &body.name);
    checks.finish()?;
    let row = SeriesRow { id: SeriesId::make(), organiser_id: body.organiser, name, version: 1 };
    let (user, now) = (caller.user_session(), caller.now);
    let work = move |tx: &mut Tx<'_>| {
        let authorized = authorize_staff(tx, user, now, row.organiser_id, OrganiserRole::MANAGERS)?;
        store::insert_series(tx, &row)?;
        authorized.record_audit(tx, AuditAction::SeriesCreate, row.id, None, Some(&row.name))?;
        Ok(ApiResponse::created(&format!("/series/{}", row.id), &view(row))?.with_version(1))
    };
    caller.write_once(work).await
}

/// Filter and pagination.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SeriesQuery {
    /// Organiser of the series.
    organiser: OrganiserId,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<u16>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// The series of an organiser in order of creation, for its staff.
///
/// All roles with the organiser, gate staff too; others get 404.
#[utoipa::path(
    get,
    path = "/api/v1/series",
    tag = "editions",
    security(("session" = [])),
    params(SeriesQuery),
    responses(
        (status = 200, body = Page<SeriesView>),
        (status = 401),
        (status = 404),
    ),
)]
#[get("/series")]
pub(super) async fn list_series(
    req: HttpRequest,
    caller: SignedIn,
    query: Query<SeriesQuery>,
) -> Result<HttpResponse, Problem> {
    let SeriesQuery { organiser, limit, cursor } = query.into_result()?;
    let query = pagination::PageQuery { limit, cursor };
    let (limit, after) = (query.limit()?, query.decode_id_cursor()?);
    let (user, now) = (caller.user_session(), caller.now);
    let rows = caller.context.db.read(move |tx| {
        authorize_staff(tx, user, now, organiser, <ReadAsStaff as hoicho_web::identity::Action>::ORGANISER)?;
        Ok::<_, Problem>(store::list_series_page(tx, organiser, after, limit + 1)?)
    });
    let views = rows.await?.into_iter().map(view).collect();
    Ok(Page::from_rows(views, limit, |v: &SeriesView| v.id.to_string()).into_response(&req))
}

/// A series, for the organiser's staff.
///
/// All roles with the organiser, gate staff too.
#[utoipa::path(
    get,
    path = "/api/v1/series/{series}",
    tag = "editions",
    security(("session" = [])),
    params(("series" = SeriesId, Path)),
    responses(
        (status = 200, body = SeriesView),
        (status = 404),
    ),
)]
#[get("/series/{series}")]
pub(super) async fn get_series(permit: Permit<ReadAsStaff>) -> Result<HttpResponse, Problem> {
    let row = permit.read(|tx, authorized| Ok(store::find_series(tx, authorized.series()?)?)).await?;
    Ok(HttpResponse::Ok().insert_header(etag::header(row.version)).json(view(row)))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchSeries {
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    name: String,
}

/// Renames a series.
///
/// Owners and managers of the organiser; requires `If-Match`.
#[utoipa::path(
    patch,
    path = "/api/v1/series/{series}",
    tag = "editions",
    security(("session" = [])),
    params(
        ("series" = SeriesId, Path),
        ("If-Match" = String, Header),
    ),
    request_body = PatchSeries,
    responses(
        (status = 200, body = SeriesView),
        (status = 404),
        (status = 412),
        (status = 422),
    ),
)]
#[patch("/series/{series}")]
pub(super) async fn patch_series(
    permit: Permit<ManagePlanning>,
    if_match: IfMatch,
    body: Body<PatchSeries>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let name = checks.require_text::<NameText>("/name", &body.name);
    checks.finish()?;
    permit
        .write(move |tx, authorized| {
            let before = store::find_series(tx, authorized.series()?)?;
            if_match.check(before.version)?;
            if !store::rename_series(tx, before.id, &name, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            authorized.record_audit(tx, AuditAction::SeriesRename, before.id, Some(&before.name), Some(&name))?;
            let row = store::find_series(tx, before.id)?;
            Ok(ApiResponse::ok(&view(row.clone()))?.with_version(row.version))
        })
        .await
}

/// Deletes a series that has no editions.
///
/// Owners and managers of the organiser; requires `If-Match`. Refused with 409 `in_use` while it has editions.
#[utoipa::path(
    delete,
    path = "/api/v1/series/{series}",
    tag = "editions",
    security(("session" = [])),
    params(
        ("series" = SeriesId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
        (status = 412),
    ),
)]
#[delete("/series/{series}")]
pub(super) async fn delete_series(permit: Permit<ManagePlanning>, if_match: IfMatch) -> Result<ApiResponse, Problem> {
    permit
        .write(move |tx, authorized| {
            let before = store::find_series(tx, authorized.series()?)?;
            if_match.check(before.version)?;
            store::delete_series(tx, before.id)?;
            authorized.record_audit(tx, AuditAction::SeriesDelete, before.id, Some(before.name), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
