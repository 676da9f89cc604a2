//! Accepting an invitation.
use actix_web::post;
use serde::{Deserialize, Serialize};

use super::super::{
    SignedIn,
    invitations::{self, OfferedRole},
};
use crate::{
    audit::{self, AuditAction},
    http::{ApiResponse, Body, Problem},
};
use hoicho_core::values::ids::{EditionId, OrganisationId, OrganiserId};

/// An invitation's token.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct AcceptInvitation {
    /// Token from the e-mail, or identifier of the invitation.
    token: String,
}

/// The organiser or the organisation that was joined.
#[derive(Serialize, utoipa::ToSchema)]
struct JoinedView {
    /// The organiser whose staff the caller is now; `null` for an organisation.
    organiser: Option<OrganiserId>,
    /// The organisation that the caller is a member of now; `null` for an organiser.
    organisation: Option<OrganisationId>,
    /// The only edition for which the role counts.
    edition: Option<EditionId>,
    /// The role that was offered.
    role: &'static str,
}

/// Accepts an invitation sent to the caller's address.
///
/// Every logged-in person. Refused with 404 `not_found` if it was used, revoked or has expired, or was sent to another address. A
/// role that the person has with the organiser or organisation is not replaced.
#[utoipa::path(
    post,
    path = "/api/v1/invitations/accept",
    tag = "auth",
    security(("session" = [])),
    request_body = AcceptInvitation,
    responses(
        (status = 200, body = JoinedView),
        (status = 401),
        (status = 404),
    ),
)]
#[post("/invitations/accept")]
pub(super) async fn accept_invitation(caller: SignedIn, body: Body<AcceptInvitation>) -> Result<ApiResponse, Problem> {
    let token = body.into_result()?.token;
    let (user, now) = (caller.user, caller.now);
    let looked_up = token.clone();
    caller.context.db.read(move |tx| invitations::require_open(tx, &looked_up, now)).await?;
    let work = move |tx: &mut hoicho_core::db::Tx<'_>| {
        let joined = match invitations::accept(tx, user, &token, now)? {
            OfferedRole::Organiser(id, role, edition) => {
                JoinedView { organiser: Some(id), organisation: None, edition, role: role.as_str() }
            }
            OfferedRole::Organisation(id, role) => {
                JoinedView { organiser: None, organisation: Some(id), edition: None, role: role.as_str() }
            }
        };
        let entry = audit::Entry {
            organiser: joined.organiser,
            edition: None,
            actor: Some(user),
            api_key: None,
            on_behalf_of: None,
            action: AuditAction::MemberJoin,
            subject: user.to_string(),
            before: None,
            after: Some(joined.role),
            at: now,
        };
        audit::record(tx, entry)?;
        ApiResponse::ok(&joined)
    };
    caller.write_once(work).await
}
