//! `/exhibitors/{exhibitor}/members` and `/exhibitors/{exhibitor}/invitations`.
use actix_web::{HttpResponse, delete, get, post, put, web};
use serde::{Deserialize, Serialize};

use super::{
    super::store,
    actions::{ManageExhibitor, ReadMembers},
};
use hoicho_core::values::ids::{ExhibitorId, InvitationId, UserId};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Code, Problem, Validator},
    identity::{
        ExhibitorRole, Permit,
        invitations::{self, OfferedRole, OpenInvitation},
        members::{self, Member},
        validate_email,
    },
};

/// A member with a role.
#[derive(Serialize, utoipa::ToSchema)]
struct ExhibitorMemberView {
    user: UserId,
    display_name: String,
    email: String,
    role: ExhibitorRole,
}

/// An open invitation.
#[derive(Serialize, utoipa::ToSchema)]
struct ExhibitorInvitationView {
    id: InvitationId,
    email: String,
    role: String,
    #[schema(value_type = String)]
    expires_at: chrono::DateTime<chrono::Utc>,
}

/// Members and open invitations.
#[derive(Serialize, utoipa::ToSchema)]
struct ExhibitorMembers {
    items: Vec<ExhibitorMemberView>,
    invitations: Vec<ExhibitorInvitationView>,
}

fn member_view(m: Member<ExhibitorRole>) -> ExhibitorMemberView {
    ExhibitorMemberView { user: m.user, display_name: m.display_name, email: m.email, role: m.role }
}

fn invitation_view(open: OpenInvitation) -> ExhibitorInvitationView {
    ExhibitorInvitationView { id: open.id, email: open.email, role: open.role, expires_at: open.expires_at.and_utc() }
}

/// Lists the members of an exhibitor and the open invitations.
#[utoipa::path(
    get,
    operation_id = "list_exhibitor_members",
    path = "/api/v1/exhibitors/{exhibitor}/members",
    tag = "exhibitors",
    params(("exhibitor" = ExhibitorId, Path)),
    responses(
        (status = 200, body = ExhibitorMembers),
        (status = 404),
    ),
)]
#[get("/exhibitors/{exhibitor}/members")]
pub(super) async fn list_members(permit: Permit<ReadMembers>) -> Result<HttpResponse, Problem> {
    let response = permit.read(|tx, authorized| {
        let exhibitor = authorized.exhibitor()?;
        let open = invitations::list_open(tx, OfferedRole::Exhibitor(exhibitor, ExhibitorRole::Staff), authorized.now)?;
        Ok(ExhibitorMembers {
            items: members::list_of_exhibitor(tx, exhibitor)?.into_iter().map(member_view).collect(),
            invitations: open.into_iter().map(invitation_view).collect(),
        })
    });
    Ok(HttpResponse::Ok().json(response.await?))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct InviteExhibitorMember {
    email: String,
    role: ExhibitorRole,
}

/// Invites a person by e-mail to become a member of an exhibitor.
#[utoipa::path(
    post,
    operation_id = "invite_exhibitor_member",
    path = "/api/v1/exhibitors/{exhibitor}/members",
    tag = "exhibitors",
    params(("exhibitor" = ExhibitorId, Path)),
    request_body = InviteExhibitorMember,
    responses(
        (status = 202, body = ExhibitorInvitationView),
        (status = 403),
        (status = 404),
        (status = 422),
    ),
)]
#[post("/exhibitors/{exhibitor}/members")]
pub(super) async fn invite_member(
    permit: Permit<ManageExhibitor>,
    body: Body<InviteExhibitorMember>,
) -> Result<ApiResponse, Problem> {
    let InviteExhibitorMember { email: input, role } = body.into_result()?;
    let mut checks = Validator::default();
    let email = validate_email(&mut checks, "/email", &input);
    checks.finish()?;
    permit
        .write_once(move |tx, authorized| {
            let exhibitor = store::find(tx, authorized.exhibitor()?)?;
            let offer = OfferedRole::Exhibitor(exhibitor.id, role);
            let id =
                invitations::invite(tx, authorized.require_user()?, offer, &email, &exhibitor.name, authorized.now)?;
            authorized.record_audit(tx, AuditAction::MemberInvite, id, None, Some((&email, role)))?;
            let created = invitations::list_open(tx, offer, authorized.now)?.into_iter().find(|o| o.id == id);
            ApiResponse::accepted(&invitation_view(created.ok_or(Code::Internal)?))
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PutExhibitorMember {
    role: ExhibitorRole,
}

/// Changes the role of a member. The last owner cannot get another role.
#[utoipa::path(
    put,
    operation_id = "put_exhibitor_member",
    path = "/api/v1/exhibitors/{exhibitor}/members/{user}",
    tag = "exhibitors",
    params(
        ("exhibitor" = ExhibitorId, Path),
        ("user" = UserId, Path),
    ),
    request_body = PutExhibitorMember,
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
        (status = 409),
    ),
)]
#[put("/exhibitors/{exhibitor}/members/{user}")]
pub(super) async fn put_member(
    permit: Permit<ManageExhibitor>,
    path: web::Path<(ExhibitorId, UserId)>,
    body: Body<PutExhibitorMember>,
) -> Result<ApiResponse, Problem> {
    let (role, user) = (body.into_result()?.role, path.1);
    permit
        .write(move |tx, authorized| {
            let before = members::set_exhibitor_role(tx, authorized.exhibitor()?, user, Some(role))?;
            authorized.record_audit(tx, AuditAction::MemberSetRole, user, Some(before), Some(role))?;
            Ok(ApiResponse::no_content())
        })
        .await
}

/// Removes a member. The last owner cannot be removed.
#[utoipa::path(
    delete,
    operation_id = "remove_exhibitor_member",
    path = "/api/v1/exhibitors/{exhibitor}/members/{user}",
    tag = "exhibitors",
    params(
        ("exhibitor" = ExhibitorId, Path),
        ("user" = UserId, Path),
    ),
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
        (status = 409),
    ),
)]
#[delete("/exhibitors/{exhibitor}/members/{user}")]
pub(super) async fn remove_member(
    permit: Permit<ManageExhibitor>,
    path: web::Path<(ExhibitorId, UserId)>,
) -> Result<ApiResponse, Problem> {
    let user = path.1;
    permit
        .write(move |tx, authorized| {
            let before = members::set_exhibitor_role(tx, authorized.exhibitor()?, user, None)?;
            authorized.record_audit(tx, AuditAction::MemberRemove, user, Some(before), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}

/// Revokes an open invitation.
#[utoipa::path(
    delete,
    operation_id = "take_exhibitor_invitation_back",
    path = "/api/v1/exhibitors/{exhibitor}/invitations/{invitation}",
    tag = "exhibitors",
    params(
        ("exhibitor" = ExhibitorId, Path),
        ("invitation" = InvitationId, Path),
    ),
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
    ),
)]
#[delete("/exhibitors/{exhibitor}/invitations/{invitation}")]
pub(super) async fn revoke_invitation(
    permit: Permit<ManageExhibitor>,
    path: web::Path<(ExhibitorId, InvitationId)>,
) -> Result<ApiResponse, Problem> {
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let offer = OfferedRole::Exhibitor(authorized.exhibitor()?, ExhibitorRole::Staff);
            if !invitations::revoke(tx, offer, id)? {
                return Err(Code::NotFound.into());
            }
            authorized.record_audit::<()>(tx, AuditAction::InvitationRevoke, id, None, None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
