//! `/organisers/{organiser}/exhibitors/{exhibitor}/link`: the organiser's side of a link.
use actix_web::{HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        invite::invite,
        link,
        store::{self, LinkInvitationRow},
    },
    actions::{InviteToLink, ReadLink},
};
use crate::exhibitors;
use hoicho_core::values::ids::{ExhibitorId, LinkInvitationId, OrganisationId, OrganiserId};
use hoicho_web::{
    audit::AuditAction,
    http::{
        ApiResponse, Body, Code, Problem, Validator,
        etag::{self, IfMatch},
        limits::EmailText,
    },
    identity::{Permit, validate_email},
};

/// An open invitation to link.
#[derive(Serialize, utoipa::ToSchema)]
struct LinkInvitationView {
    /// Names the invitation in the path.
    id: LinkInvitationId,
    /// Address that was invited; only its account can confirm.
    email: String,
    /// 14 days after it was sent, RFC 3339 in UTC.
    #[schema(value_type = String)]
    expires_at: chrono::DateTime<chrono::Utc>,
}

fn view(row: LinkInvitationRow) -> LinkInvitationView {
    LinkInvitationView { id: row.id, email: row.email, expires_at: row.expires_at.and_utc() }
}

/// The link of a record.
#[derive(Serialize, utoipa::ToSchema)]
struct ExhibitorLinkView {
    /// The organisation that it is linked with.
    organisation: Option<OrganisationId>,
    /// When the organisation confirmed the link, RFC 3339 in UTC; `null` without a link.
    #[schema(value_type = Option<String>)]
    linked_at: Option<chrono::DateTime<chrono::Utc>>,
    /// Open invitations.
    invitations: Vec<LinkInvitationView>,
}

type ExhibitorPath = web::Path<(OrganiserId, ExhibitorId)>;

/// Returns the link of a record with the open invitations; its ETag is that of the record.
///
/// Staff of the organiser other than gate staff.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}/link",
    tag = "exhibitors",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
    ),
    responses(
        (status = 200, body = ExhibitorLinkView),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}/exhibitors/{exhibitor}/link")]
pub(super) async fn get_link(permit: Permit<ReadLink>, path: ExhibitorPath) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let link = permit.read(move |tx, authorized| {
        let row = exhibitors::store::find_of_organiser(tx, authorized.organiser()?, id)?;
        let invitations = store::find_open(tx, id, authorized.now)?.into_iter().map(view).collect();
        let linked_at = row.linked_at.map(|at| at.and_utc());
        Ok((row.version, ExhibitorLinkView { organisation: row.organisation_id, linked_at, invitations }))
    });
    let (version, link) = link.await?;
    Ok(HttpResponse::Ok().insert_header(etag::header(version)).json(link))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct InviteToLinkRecord {
    /// Address of a member of the organisation, with which they log in.
    #[schema(value_type = EmailText)]
    email: String,
}

/// Invites somebody by e-mail to link a record with their organisation. They choose which one, are shown what the link opens, and
/// confirm.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` for a record that is linked or merged or has ten open
/// invitations, and 429 `too_many_requests` if the address got too many e-mails. An open invitation of the same address is
/// replaced; it is valid for 14 days.
#[utoipa::path(
    post,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}/link",
    tag = "exhibitors",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
    ),
    request_body = InviteToLinkRecord,
    responses(
        (status = 202, body = LinkInvitationView),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/organisers/{organiser}/exhibitors/{exhibitor}/link")]
pub(super) async fn invite_to_link(
    permit: Permit<InviteToLink>,
    path: ExhibitorPath,
    body: Body<InviteToLinkRecord>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let email = validate_email(&mut checks, "/email", &body.email);
    checks.finish()?;
    let id = path.1;
    permit.write_once(move |tx, authorized| ApiResponse::accepted(&view(invite(tx, &authorized, id, &email)?))).await
}

/// Revokes an open invitation to link.
///
/// Owners and managers of the organiser. 404 if the invitation was accepted or revoked. The invited person is not notified.
#[utoipa::path(
    delete,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}/link/invitations/{link_invitation}",
    tag = "exhibitors",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
        ("link_invitation" = LinkInvitationId, Path),
    ),
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
    ),
)]
#[delete("/organisers/{organiser}/exhibitors/{exhibitor}/link/invitations/{link_invitation}")]
pub(super) async fn revoke_link_invitation(
    permit: Permit<InviteToLink>,
    path: web::Path<(OrganiserId, ExhibitorId, LinkInvitationId)>,
) -> Result<ApiResponse, Problem> {
    let (_, exhibitor, id) = path.into_inner();
    permit
        .write(move |tx, authorized| {
            exhibitors::store::find_of_organiser(tx, authorized.organiser()?, exhibitor)?;
            let email = store::delete_open(tx, exhibitor, id)?.ok_or(Code::NotFound)?;
            authorized.record_audit(tx, AuditAction::ExhibitorRevokeLinkInvitation, exhibitor, Some(email), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}

/// Ends the link of a record: its members no longer act for the exhibitor, and contacts and catalogue of the organisation are closed
/// to the organiser. The record, its applications and figures stay.
///
/// Owners and managers of the organiser; requires `If-Match` with the version of the record. 404 if it is not linked. Members are
/// not notified.
#[utoipa::path(
    delete,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}/link",
    tag = "exhibitors",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
        (status = 412),
    ),
)]
#[delete("/organisers/{organiser}/exhibitors/{exhibitor}/link")]
pub(super) async fn end_link(
    permit: Permit<InviteToLink>,
    path: ExhibitorPath,
    if_match: IfMatch,
) -> Result<ApiResponse, Problem> {
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            link::end(tx, &authorized, id, if_match)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
