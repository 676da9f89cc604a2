//! Staff of an organiser, and invitations.
use std::collections::HashSet;

use actix_web::{HttpResponse, delete, get, post, put, web};
use serde::{Deserialize, Serialize};

use super::{
    super::store,
    actions::{ManageStaff, ReadStaff},
};
use hoicho_core::values::ids::{EditionId, InvitationId, OrganiserId, UserId};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Code, Problem, Validator, limits::EmailText},
    identity::{
        OrganiserRole, Permit,
        invitations::{self, OfferedRole, OpenInvitation},
        members::{self, Member, StaffRole},
        second_factor, validate_email,
    },
};

/// A user with a role.
#[derive(Serialize, utoipa::ToSchema)]
struct StaffView {
    /// The person's account.
    user: UserId,
    /// Name that the person chose.
    display_name: String,
    /// Address with which the person logs in.
    email: String,
    /// What the person may do; without a required second factor it does not count.
    role: OrganiserRole,
    /// The only edition for which the role counts; otherwise all.
    edition: Option<EditionId>,
    /// Whether the account has a second factor.
    has_second_factor: bool,
}

/// An open invitation. Its link is `/invitation#` with the identifier; only the account of the address can follow it.
#[derive(Serialize, utoipa::ToSchema)]
struct InvitationView {
    /// Names the invitation in the path; also accepted instead of the token of the e-mail.
    id: InvitationId,
    /// Address that was invited; only its account can accept.
    email: String,
    /// Offered role: `owner`, `manager`, `finance`, `gate` or `viewer`.
    role: String,
    /// The only edition for which the role counts; otherwise all.
    edition: Option<EditionId>,
    /// 14 days after it was sent, RFC 3339 in UTC.
    #[schema(value_type = String)]
    expires_at: chrono::DateTime<chrono::Utc>,
}

/// Staff and open invitations.
#[derive(Serialize, utoipa::ToSchema)]
struct AllStaff {
    /// Staff, ordered by e-mail address.
    items: Vec<StaffView>,
    /// Invitations that were not accepted and have not expired, oldest first; at most 100.
    invitations: Vec<InvitationView>,
}

fn staff(m: Member<StaffRole>, with_second_factor: &HashSet<UserId>) -> StaffView {
    let (role, edition) = m.role;
    let has_second_factor = with_second_factor.contains(&m.user);
    StaffView { user: m.user, display_name: m.display_name, email: m.email, role, edition, has_second_factor }
}

fn invitation(open: OpenInvitation) -> InvitationView {
    InvitationView {
        id: open.id,
        email: open.email,
        role: open.role,
        edition: open.edition,
        expires_at: open.expires_at.and_utc(),
    }
}

/// Staff and open invitations of an organiser.
///
/// Staff of the organiser other than gate staff, with e-mail addresses. Invitations that have expired are left out.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/members",
    tag = "organisers",
    security(("session" = [])),
    params(("organiser" = OrganiserId, Path)),
    responses(
        (status = 200, body = AllStaff),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}/members")]
pub(super) async fn list_members(permit: Permit<ReadStaff>) -> Result<HttpResponse, Problem> {
    let staff_and_invitations = permit.read(|tx, authorized| {
        let organiser = authorized.organiser()?;
        let open =
            invitations::list_open(tx, OfferedRole::Organiser(organiser, OrganiserRole::Viewer, None), authorized.now)?;
        let with_second_factor = second_factor::store::list_staff_with_factor(tx, organiser)?;
        let members = members::list_of_organiser(tx, organiser)?.into_iter();
        Ok(AllStaff {
            items: members.map(|member| staff(member, &with_second_factor)).collect(),
            invitations: open.into_iter().map(invitation).collect(),
        })
    });
    Ok(HttpResponse::Ok().json(staff_and_invitations.await?))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct InviteStaff {
    /// Address of the person; at most 254 characters. An account is not required yet.
    #[schema(value_type = EmailText)]
    email: String,
    /// Role that the person gets by accepting.
    role: OrganiserRole,
    /// An edition of the organiser, for which alone the role shall count: a helper hired for a weekend. Not for owners.
    edition: Option<EditionId>,
}

/// Invites a person by e-mail to join the staff.
///
/// Owners of the organiser. Refused with 409 `illegal_step` with 100 open invitations, and 429 `too_many_requests` if the address
/// got too many e-mails. An open invitation of the same address is replaced; it is valid for 14 days, once, for the account of
/// that address.
#[utoipa::path(
    post,
    path = "/api/v1/organisers/{organiser}/members",
    tag = "organisers",
    security(("session" = [])),
    params(("organiser" = OrganiserId, Path)),
    request_body = InviteStaff,
    responses(
        (status = 202, body = InvitationView),
        (status = 403),
        (status = 404),
        (status = 422),
    ),
)]
#[post("/organisers/{organiser}/members")]
pub(super) async fn invite_member(
    permit: Permit<ManageStaff>,
    body: Body<InviteStaff>,
) -> Result<ApiResponse, Problem> {
    let InviteStaff { email: typed, role, edition } = body.into_result()?;
    let mut checks = Validator::default();
    let email = validate_email(&mut checks, "/email", &typed);
    checks.finish()?;
    permit
        .write_once(move |tx, authorized| {
            let organiser = store::find(tx, authorized.organiser()?)?;
            members::validate_staff_role(tx, organiser.id, (role, edition))?;
            let offer = OfferedRole::Organiser(organiser.id, role, edition);
            let id =
                invitations::invite(tx, authorized.require_user()?, offer, &email, &organiser.name, authorized.now)?;
            authorized.record_audit(tx, AuditAction::MemberInvite, id, None, Some((&email, role, edition)))?;
            let created = invitations::list_open(tx, offer, authorized.now)?.into_iter().find(|o| o.id == id);
            ApiResponse::accepted(&invitation(created.ok_or(Code::Internal)?))
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PutStaff {
    /// The new role; the last owner must remain one.
    role: OrganiserRole,
    /// An edition of the organiser, for which alone the role shall count. Not for owners.
    edition: Option<EditionId>,
}

/// Changes the role of a member of the staff. The last owner must remain an owner.
///
/// Owners of the organiser. Refused with 409 `illegal_step` if no owner would remain, and 404 if the person is not staff. It
/// takes effect immediately; the person is not notified.
#[utoipa::path(
    put,
    path = "/api/v1/organisers/{organiser}/members/{user}",
    tag = "organisers",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("user" = UserId, Path),
    ),
    request_body = PutStaff,
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[put("/organisers/{organiser}/members/{user}")]
pub(super) async fn put_member(
    permit: Permit<ManageStaff>,
    path: web::Path<(OrganiserId, UserId)>,
    body: Body<PutStaff>,
) -> Result<ApiResponse, Problem> {
    let (PutStaff { role, edition }, user) = (body.into_result()?, path.1);
    permit
        .write(move |tx, authorized| {
            let (organiser, role) = (authorized.organiser()?, (role, edition));
            members::validate_staff_role(tx, organiser, role)?;
            let before = members::set_organiser_role(tx, organiser, user, Some(role))?;
            authorized.record_audit(tx, AuditAction::MemberSetRole, user, Some(before), Some(role))?;
            Ok(ApiResponse::no_content())
        })
        .await
}

/// Removes a member from the staff. The last owner cannot be removed.
///
/// Owners of the organiser, who may remove themselves. Refused with 409 `illegal_step` if no owner would remain. It takes effect
/// immediately, also for open event streams.
#[utoipa::path(
    delete,
    path = "/api/v1/organisers/{organiser}/members/{user}",
    tag = "organisers",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("user" = UserId, Path),
    ),
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
        (status = 409),
    ),
)]
#[delete("/organisers/{organiser}/members/{user}")]
pub(super) async fn remove_member(
    permit: Permit<ManageStaff>,
    path: web::Path<(OrganiserId, UserId)>,
) -> Result<ApiResponse, Problem> {
    let user = path.1;
    permit
        .write(move |tx, authorized| {
            let before = members::set_organiser_role(tx, authorized.organiser()?, user, None)?;
            authorized.record_audit(tx, AuditAction::MemberRemove, user, Some(before), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}

/// Revokes an open invitation.
///
/// Owners of the organiser. 404 if the invitation was accepted or revoked. The invited person is not notified.
#[utoipa::path(
    delete,
    operation_id = "take_invitation_back",
    path = "/api/v1/organisers/{organiser}/invitations/{invitation}",
    tag = "organisers",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("invitation" = InvitationId, Path),
    ),
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
    ),
)]
#[delete("/organisers/{organiser}/invitations/{invitation}")]
pub(super) async fn revoke_invitation(
    permit: Permit<ManageStaff>,
    path: web::Path<(OrganiserId, InvitationId)>,
) -> Result<ApiResponse, Problem> {
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let of = OfferedRole::Organiser(authorized.organiser()?, OrganiserRole::Viewer, None);
            if !invitations::revoke(tx, of, id)? {
                return Err(Code::NotFound.into());
            }
            authorized.record_audit::<()>(tx, AuditAction::InvitationRevoke, id, None, None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
