//! `/organisers`.
use actix_web::{HttpResponse, delete, get, patch, post};
use serde::{Deserialize, Serialize};

use super::{
    super::store::{self, OrganiserRow},
    actions::{ManageStaff, ReadAsStaff},
};
use hoicho_core::values::ids::OrganiserId;
use hoicho_web::{
    audit::{self, AuditAction},
    http::{
        ApiResponse, Body, Code, Items, Problem, Validator,
        etag::{self, IfMatch},
        limits::NameText,
    },
    identity::{Permit, SignedIn},
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NameOrganiser {
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    name: String,
}

/// An organisation that holds editions.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct OrganiserView {
    /// Made by the server.
    id: OrganiserId,
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    name: String,
    /// Whether roles of its staff count only with a second factor.
    second_factor_required: bool,
}

pub(super) fn view(row: OrganiserRow) -> OrganiserView {
    OrganiserView { id: row.id, name: row.name, second_factor_required: row.second_factor_required }
}

impl NameOrganiser {
    fn validate(self) -> Result<String, Problem> {
        let mut checks = Validator::default();
        let name = checks.require_text::<NameText>("/name", &self.name);
        checks.finish().map(|()| name)
    }
}

/// Creates an organiser; the caller becomes its owner.
///
/// Every logged-in person.
#[utoipa::path(
    post,
    path = "/api/v1/organisers",
    tag = "organisers",
    security(("session" = [])),
    request_body = NameOrganiser,
    responses(
        (status = 201, body = OrganiserView),
        (status = 401),
        (status = 422),
    ),
)]
#[post("/organisers")]
pub(super) async fn create_organiser(caller: SignedIn, body: Body<NameOrganiser>) -> Result<ApiResponse, Problem> {
    let name = body.into_result()?.validate()?;
    let view = OrganiserView { id: OrganiserId::make(), name, second_factor_required: false };
    let (user, at) = (caller.user, caller.now);
    let work = move |tx: &mut hoicho_core::db::Tx<'_>| {
        store::insert(tx, view.id, &view.name, user, at)?;
        let entry = audit::Entry {
            organiser: Some(view.id),
            edition: None,
            actor: Some(user),
            api_key: None,
            on_behalf_of: None,
            action: AuditAction::OrganiserCreate,
            subject: view.id.to_string(),
            before: None,
            after: Some(&view.name),
            at,
        };
        audit::record(tx, entry)?;
        Ok(ApiResponse::created(&format!("/organisers/{}", view.id), &view)?.with_version(1))
    };
    caller.write_once(work).await
}

/// The organisers that the caller is a member of.
///
/// Every logged-in person, whatever their role, also with a role for one edition only.
#[utoipa::path(
    get,
    path = "/api/v1/organisers",
    tag = "organisers",
    security(("session" = [])),
    responses(
        (status = 200, body = Items<OrganiserView>),
        (status = 401),
    ),
)]
#[get("/organisers")]
pub(super) async fn list_organisers(caller: SignedIn) -> Result<HttpResponse, Problem> {
    let user = caller.user;
    let rows = caller.context.db.read(move |tx| store::list_of_user(tx, user).map_err(Problem::from)).await?;
    Ok(HttpResponse::Ok().json(Items { items: rows.into_iter().map(view).collect() }))
}

/// An organiser, for its staff.
///
/// All roles, gate staff too.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}",
    tag = "organisers",
    security(("session" = [])),
    params(("organiser" = OrganiserId, Path)),
    responses(
        (status = 200, body = OrganiserView),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}")]
pub(super) async fn get_organiser(permit: Permit<ReadAsStaff>) -> Result<HttpResponse, Problem> {
    let row = permit.read(|tx, authorized| Ok(store::find(tx, authorized.organiser()?)?)).await?;
    Ok(HttpResponse::Ok().insert_header(etag::header(row.version)).json(view(row)))
}

/// Renames an organiser.
///
/// Owners of the organiser; requires `If-Match`.
#[utoipa::path(
    patch,
    path = "/api/v1/organisers/{organiser}",
    tag = "organisers",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("If-Match" = String, Header),
    ),
    request_body = NameOrganiser,
    responses(
        (status = 200, body = OrganiserView),
        (status = 404),
        (status = 412),
        (status = 422),
    ),
)]
#[patch("/organisers/{organiser}")]
pub(super) async fn patch_organiser(
    permit: Permit<ManageStaff>,
    if_match: IfMatch,
    body: Body<NameOrganiser>,
) -> Result<ApiResponse, Problem> {
    let name = body.into_result()?.validate()?;
    permit
        .write(move |tx, authorized| {
            let before = store::find(tx, authorized.organiser()?)?;
            if_match.check(before.version)?;
            if !store::rename(tx, before.id, &name, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            authorized.record_audit(tx, AuditAction::OrganiserRename, before.id, Some(&before.name), Some(&name))?;
            let row = store::find(tx, before.id)?;
            Ok(ApiResponse::ok(&view(row.clone()))?.with_version(row.version))
        })
        .await
}

/// Deletes an organiser that has no editions, series or venues.
///
/// Owners of the organiser; requires `If-Match`. Refused with 409 `in_use` while it has editions, series, venues or other data.
/// It cannot be taken back.
#[utoipa::path(
    delete,
    path = "/api/v1/organisers/{organiser}",
    tag = "organisers",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 412),
    ),
)]
#[delete("/organisers/{organiser}")]
pub(super) async fn delete_organiser(permit: Permit<ManageStaff>, if_match: IfMatch) -> Result<ApiResponse, Problem> {
    permit
        .write(move |tx, authorized| {
            let before = store::find(tx, authorized.organiser()?)?;
            if_match.check(before.version)?;
            store::delete(tx, before.id)?;
            let authorized = authorized.without_organiser();
            authorized.record_audit(tx, AuditAction::OrganiserDelete, before.id, Some(before.name), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
