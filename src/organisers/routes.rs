//! `/organisers`, their members, and `/series`.
use actix_web::{HttpResponse, get, post, put, web};
use serde::{Deserialize, Serialize};

use super::store;
use crate::{
    audit,
    http::{Body, Checks, Code, Problem},
    identity::{Action, OrganiserRole, Permit, SignedIn, staff_of},
    values::ids::{OrganiserId, SeriesId},
};

/// The operations of this capability.
#[derive(utoipa::OpenApi)]
#[openapi(paths(create_organiser, list_organisers, put_member, create_series))]
pub struct ApiDoc;

/// Mounts them.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(create_organiser).service(list_organisers).service(put_member).service(create_series);
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateOrganiser {
    name: String,
}

#[derive(Serialize, utoipa::ToSchema)]
struct OrganiserView {
    id: OrganiserId,
    name: String,
}

/// Makes an organiser; the caller is its owner.
#[utoipa::path(post, path = "/api/v1/organisers", tag = "organisers", request_body = CreateOrganiser, responses((status = 201, body = OrganiserView), (status = 401), (status = 422)))]
#[post("/organisers")]
async fn create_organiser(caller: SignedIn, body: Body<CreateOrganiser>) -> Result<HttpResponse, Problem> {
    let body = body.get()?;
    let mut checks = Checks::default();
    let view = OrganiserView { id: OrganiserId::make(), name: checks.text("/name", &body.name, 200) };
    checks.done()?;
    let (id, name, user, at) = (view.id, view.name.clone(), caller.user, caller.now);
    caller
        .state
        .db
        .write(move |tx| {
            store::insert(tx, id, &name, user, at)?;
            let entry = audit::Entry {
                organiser: Some(id),
                actor: Some(user),
                action: "organiser.create",
                subject: id.to_string(),
                before: None,
                after: Some(name),
                at,
            };
            Ok::<_, Problem>(audit::record(tx, entry)?)
        })
        .await?;
    Ok(HttpResponse::Created().json(view))
}

/// The organisers the caller works for.
#[utoipa::path(get, path = "/api/v1/organisers", tag = "organisers", responses((status = 200, body = Vec<OrganiserView>), (status = 401)))]
#[get("/organisers")]
async fn list_organisers(caller: SignedIn) -> Result<HttpResponse, Problem> {
    let user = caller.user;
    let found = caller.state.db.read(move |tx| store::of_user(tx, user).map_err(Problem::from)).await?;
    let items: Vec<_> = found.into_iter().map(|(id, name)| OrganiserView { id, name }).collect();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items })))
}

struct ManageStaff;
impl Action for ManageStaff {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner];
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PutMember {
    /// Of somebody who has an account.
    email: String,
    role: OrganiserRole,
}

/// Gives a person a role. The last owner cannot give ownership up.
#[utoipa::path(put, path = "/api/v1/organisers/{organiser}/members", tag = "organisers", params(("organiser" = OrganiserId, Path)), request_body = PutMember, responses((status = 204), (status = 403), (status = 404), (status = 409)))]
#[put("/organisers/{organiser}/members")]
async fn put_member(permit: Permit<ManageStaff>, body: Body<PutMember>) -> Result<HttpResponse, Problem> {
    let PutMember { email, role } = body.get()?;
    permit
        .write(move |tx, granted| {
            let organiser = granted.organiser()?;
            let unknown = || {
                Problem::new(
                    Code::Invalid,
                    "Chưa có tài khoản với e-mail này.",
                    "Nobody with this e-mail has an account yet.",
                )
            };
            let email = email.trim().to_lowercase();
            let user =
                if email.contains('\0') { None } else { store::user_by_email(tx, &email)? }.ok_or_else(unknown)?;
            if role != OrganiserRole::Owner && store::owners(tx, organiser)? == [user] {
                return Err(Problem::new(
                    Code::IllegalStep,
                    "Phải còn ít nhất một chủ sở hữu.",
                    "An organiser needs at least one owner: name another first.",
                ));
            }
            store::put_member(tx, organiser, user, role)?;
            granted.audit(tx, "member.put", user, None, Some(role))
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateSeries {
    organiser: OrganiserId,
    name: String,
}

#[derive(Serialize, utoipa::ToSchema)]
struct SeriesView {
    id: SeriesId,
    name: String,
}

/// Makes a series, to compare its editions with each other.
#[utoipa::path(post, path = "/api/v1/series", tag = "editions", request_body = CreateSeries, responses((status = 201, body = SeriesView), (status = 403), (status = 404)))]
#[post("/series")]
async fn create_series(caller: SignedIn, body: Body<CreateSeries>) -> Result<HttpResponse, Problem> {
    let body = body.get()?;
    let mut checks = Checks::default();
    let view = SeriesView { id: SeriesId::make(), name: checks.text("/name", &body.name, 200) };
    checks.done()?;
    let (user, now, organiser, id, name) = (caller.user, caller.now, body.organiser, view.id, view.name.clone());
    caller
        .state
        .db
        .write(move |tx| {
            let granted = staff_of(tx, user, now, organiser, &[OrganiserRole::Owner, OrganiserRole::Manager])?;
            store::insert_series(tx, id, organiser, &name)?;
            granted.audit(tx, "series.create", id, None, Some(name))
        })
        .await?;
    Ok(HttpResponse::Created().json(view))
}
