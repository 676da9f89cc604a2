//! `/organisations/{organisation}/members` and `/organisations/{organisation}/invitations`.
use actix_web::{HttpResponse, delete, get, post, put, web};
use serde::{Deserialize, Serialize};

use super::{
    super::store,
    actions::{ManageOrganisation, ReadMembers},
};
use hoicho_core::values::ids::{InvitationId, OrganisationId, UserId};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Code, Problem, Validator, limits::EmailText},
    identity::{
        OrganisationRole, Permit,
        invitations::{self, OfferedRole, OpenInvitation},
        members::{self, Member},
        validate_email,
    },
};

/// A member with a role.
#[derive(Serialize, utoipa::ToSchema)]
struct OrganisationMemberView {
    /// The person's account.
    user: UserId,
    /// Name that the person chose.
    display_name: String,
    /// Address with which the person logs in.
    email: String,
    /// `owner` manages members, profile and links; `staff` applies, edits products and reports sales.
    role: OrganisationRole,
}

/// An open invitation.
#[derive(Serialize, utoipa::ToSchema)]
struct OrganisationInvitationView {
    /// Names the invitation in the path.
    id: InvitationId,
    /// Address that was invited; only its account can accept.
    email: String,
    /// Offered role: `owner` or `staff`.
    role: String,
    /// 14 days after it was sent, RFC 3339 in UTC.
    #[schema(value_type = String)]
    expires_at: chrono::DateTime<chrono::Utc>,
}

/// Members and open invitations.
#[derive(Serialize, utoipa::ToSchema)]
struct OrganisationMembers {
    /// Members, ordered by e-mail address.
    items: Vec<OrganisationMemberView>,
    /// Invitations that were not accepted and have not expired, oldest first; at most 100.
    invitations: Vec<OrganisationInvitationView>,
}

fn member_view(m: Member<OrganisationRole>) -> OrganisationMemberView {
    OrganisationMemberView { user: m.user, display_name: m.display_name, email: m.email, role: m.role }
}

fn invitation_view(open: OpenInvitation) -> OrganisationInvitationView {
    OrganisationInvitationView {
        id: open.id,
        email: open.email,
        role: open.role,
        expires_at: open.expires_at.and_utc(),
    }
}

/// Lists the members of an organisation and the open invitations.
///
/// Members of the organisation, whatever their role; organisers do not see them.
#[utoipa::path(
    get,
    operation_id = "list_organisation_members",
    path = "/api/v1/organisations/{organisation}/members",
    tag = "organisations",
    security(("session" = [])),
    params(("organisation" = OrganisationId, Path)),
    responses(
        (status = 200, body = OrganisationMembers),
        (status = 404),
    ),
)]
#[get("/organisations/{organisation}/members")]
pub(super) async fn list_members(permit: Permit<ReadMembers>) -> Result<HttpResponse, Problem> {
    let response = permit.read(|tx, authorized| {
        let organisation = authorized.organisation()?;
        let open = invitations::list_open(
            tx,
            OfferedRole::Organisation(organisation, OrganisationRole::Staff),
            authorized.now,
        )?;
        Ok(OrganisationMembers {
            items: members::list_of_organisation(tx, organisation)?.into_iter().map(member_view).collect(),
            invitations: open.into_iter().map(invitation_view).collect(),
        })
    });
    Ok(HttpResponse::Ok().json(response.await?))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct InviteOrganisationMember {
    /// Address of the person; at most 254 characters. An account is not required yet.
    #[schema(value_type = EmailText)]
    email: String,
    /// Role that the person gets by accepting.
    role: OrganisationRole,
}

/// Invites a person by e-mail to become a member of an organisation.
///
/// Owners of the organisation. Refused with 409 `illegal_step` with 100 open invitations, and 429 `too_many_requests` if the
/// address got too many e-mails. An open invitation of the same address is replaced; it is valid for 14 days, once, for the
/// account of that address.
#[utoipa::path(
    post,
    operation_id = "invite_organisation_member",
    path = "/api/v1/organisations/{organisation}/members",
    tag = "organisations",
    security(("session" = [])),
    params(("organisation" = OrganisationId, Path)),
    request_body = InviteOrganisationMember,
    responses(
        (status = 202, body = OrganisationInvitationView),
        (status = 403),
        (status = 404),
        (status = 422),
    ),
)]
#[post("/organisations/{organisation}/members")]
pub(super) async fn invite_member(
    permit: Permit<ManageOrganisation>,
    body: Body<InviteOrganisationMember>,
) -> Result<ApiResponse, Problem> {
    let InviteOrganisationMember { email: input, role } = body.into_result()?;
    let mut checks = Validator::default();
    let email = validate_email(&mut checks, "/email", &input);
    checks.finish()?;
    permit
        .write_once(move |tx, authorized| {
            let organisation = store::find(tx, authorized.organisation()?)?;
            let offer = OfferedRole::Organisation(organisation.id, role);
            let id =
                invitations::invite(tx, authorized.require_user()?, offer, &email, &organisation.name, authorized.now)?;
            authorized.record_audit(tx, AuditAction::MemberInvite, id, None, Some((&email, role)))?;
            let created = invitations::list_open(tx, offer, authorized.now)?.into_iter().find(|o| o.id == id);
            ApiResponse::accepted(&invitation_view(created.ok_or(Code::Internal)?))
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PutOrganisationMember {
    /// The new role; the last owner must remain one.
    role: OrganisationRole,
}

/// Changes the role of a member. The last owner cannot get another role.
///
/// Owners of the organisation. Refused with 409 `illegal_step` if no owner would remain, and 404 if the person is no member. The
/// member is not notified.
#[utoipa::path(
    put,
    operation_id = "put_organisation_member",
    path = "/api/v1/organisations/{organisation}/members/{user}",
    tag = "organisations",
    security(("session" = [])),
    params(
        ("organisation" = OrganisationId, Path),
        ("user" = UserId, Path),
    ),
    request_body = PutOrganisationMember,
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
        (status = 409),
    ),
)]
#[put("/organisations/{organisation}/members/{user}")]
pub(super) async fn put_member(
    permit: Permit<ManageOrganisation>,
    path: web::Path<(OrganisationId, UserId)>,
    body: Body<PutOrganisationMember>,
) -> Result<ApiResponse, Problem> {
    let (role, user) = (body.into_result()?.role, path.1);
    permit
        .write(move |tx, authorized| {
            let before = members::set_organisation_role(tx, authorized.organisation()?, user, Some(role))?;
            authorized.record_audit(tx, AuditAction::MemberSetRole, user, Some(before), Some(role))?;
            Ok(ApiResponse::no_content())
        })
        .await
}

/// Removes a member. The last owner cannot be removed.
///
/// Owners of the organisation, who may remove themselves. Refused with 409 `illegal_step` if no owner would remain. It takes
/// effect immediately.
#[utoipa::path(
    delete,
    operation_id = "remove_organisation_member",
    path = "/api/v1/organisations/{organisation}/members/{user}",
    tag = "organisations",
    security(("session" = [])),
    params(
        ("organisation" = OrganisationId, Path),
        ("user" = UserId, Path),
    ),
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
        (status = 409),
    ),
)]
#[delete("/organisations/{organisation}/members/{user}")]
pub(super) async fn remove_member(
    permit: Permit<ManageOrganisation>,
    path: web::Path<(OrganisationId, UserId)>,
) -> Result<ApiResponse, Problem> {
    let user = path.1;
    permit
        .write(move |tx, authorized| {
            let before = members::set_organisation_role(tx, authorized.organisation()?, user, None)?;
            authorized.record_audit(tx, AuditAction::MemberRemove, user, Some(before), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}

/// Revokes an open invitation.
///
/// Owners of the organisation. 404 if the invitation was accepted or revoked. The invited person is not notified.
#[utoipa::path(
    delete,
    operation_id = "take_organisation_invitation_back",
    path = "/api/v1/organisations/{organisation}/invitations/{invitation}",
    tag = "organisations",
    security(("session" = [])),
    params(
        ("organisation" = OrganisationId, Path),
        ("invitation" = InvitationId, Path),
    ),
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
    ),
)]
#[delete("/organisations/{organisation}/invitations/{invitation}")]
pub(super) async fn revoke_invitation(
    permit: Permit<ManageOrganisation>,
    path: web::Path<(OrganisationId, InvitationId)>,
) -> Result<ApiResponse, Problem> {
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let offer = OfferedRole::Organisation(authorized.organisation()?, OrganisationRole::Staff);
            if !invitations::revoke(tx, offer, id)? {
                return Err(Code::NotFound.into());
            }
            authorized.record_audit::<()>(tx, AuditAction::InvitationRevoke, id, None, None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
