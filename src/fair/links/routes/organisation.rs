//! `/organisations/{organisation}/links`: the members' side of links.
use actix_web::{HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        link,
        store::{self, Link},
    },
    actions::{ManageLinks, ReadLinks},
};
use hoicho_core::values::ids::{ExhibitorId, LinkInvitationId, OrganisationId, OrganiserId};
use hoicho_web::{
    http::{ApiResponse, Body, Code, Items, Problem, etag::IfMatch},
    identity::Permit,
};

/// A link with an organiser's record.
#[derive(Serialize, utoipa::ToSchema)]
struct LinkView {
    /// The organiser whose record it is.
    organiser: OrganiserId,
    /// Its name.
    organiser_name: String,
    /// The organiser's record.
    exhibitor: ExhibitorId,
    /// Name in the organiser's records.
    exhibitor_name: String,
    /// When the link was confirmed, or the first application submitted; RFC 3339 in UTC.
    #[schema(value_type = Option<String>)]
    linked_at: Option<chrono::DateTime<chrono::Utc>>,
    /// Of the record, for `If-Match`: `"v…"`.
    version: i32,
}

fn view(link: Link) -> LinkView {
    LinkView {
        organiser: link.organiser,
        organiser_name: link.organiser_name,
        exhibitor: link.exhibitor,
        exhibitor_name: link.name,
        linked_at: link.linked_at.map(|at| at.and_utc()),
        version: link.version,
    }
}

/// Lists the links of an organisation.
///
/// Members of the organisation; at most 500, oldest record first. A draft of an application links nothing yet.
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{organisation}/links",
    tag = "organisations",
    security(("session" = [])),
    params(("organisation" = OrganisationId, Path)),
    responses(
        (status = 200, body = Items<LinkView>),
        (status = 404),
    ),
)]
#[get("/organisations/{organisation}/links")]
pub(super) async fn list_links(permit: Permit<ReadLinks>) -> Result<HttpResponse, Problem> {
    let links = permit.read(|tx, authorized| Ok(store::find_links(tx, authorized.organisation()?)?)).await?;
    Ok(HttpResponse::Ok().json(Items { items: links.into_iter().map(view).collect() }))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmLink {
    /// From `/me/link-invitations`.
    invitation: LinkInvitationId,
}

/// Confirms a link with the record of an invitation. It opens the contacts and the products of the organisation to the organiser, and
/// the applications, booths and sales reports of the record to the members.
///
/// Owners of the organisation to whose address the invitation was sent. Refused with 404 `not_found` if it was used, revoked or
/// has expired, 409 `illegal_step` if the record was linked or merged since, and `already_exists` if the organisation is linked
/// with another record of the organiser.
#[utoipa::path(
    post,
    path = "/api/v1/organisations/{organisation}/links",
    tag = "organisations",
    security(("session" = [])),
    params(("organisation" = OrganisationId, Path)),
    request_body = ConfirmLink,
    responses(
        (status = 201, body = LinkView),
        (status = 403),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/organisations/{organisation}/links")]
pub(super) async fn confirm_link(permit: Permit<ManageLinks>, body: Body<ConfirmLink>) -> Result<ApiResponse, Problem> {
    let invitation = body.into_result()?.invitation;
    permit
        .write_once(move |tx, authorized| {
            let exhibitor = link::confirm(tx, &authorized, invitation)?.id;
            let links = store::find_links(tx, authorized.organisation()?)?;
            let link = links.into_iter().find(|link| link.exhibitor == exhibitor).ok_or(Code::Internal)?;
            ApiResponse::created(
                &format!("/organisations/{}/links/{exhibitor}", authorized.organisation()?),
                &view(link),
            )
        })
        .await
}

/// Ends a link. It closes what the link opened, on both sides; the organiser's record stays.
///
/// Owners of the organisation; requires `If-Match` with the version of the record. Products of its applications stay as they were
/// declared, and drafts stay with the organisation. Nobody is notified.
#[utoipa::path(
    delete,
    path = "/api/v1/organisations/{organisation}/links/{exhibitor}",
    tag = "organisations",
    security(("session" = [])),
    params(
        ("organisation" = OrganisationId, Path),
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
#[delete("/organisations/{organisation}/links/{exhibitor}")]
pub(super) async fn end_own_link(
    permit: Permit<ManageLinks>,
    path: web::Path<(OrganisationId, ExhibitorId)>,
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
