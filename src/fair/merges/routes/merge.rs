//! `GET` and `POST /organisers/{organiser}/exhibitors/{exhibitor}/merge`.
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::{
    super::{merge::merge, preview::preview},
    actions::{MergeExhibitors, ReadMerges},
};
use hoicho_core::values::ids::{ExhibitorId, OrganiserId};
use hoicho_web::{
    http::{ApiResponse, Body, Problem, Query, preferred_language},
    identity::Permit,
};

type ExhibitorPath = web::Path<(OrganiserId, ExhibitorId)>;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct MergeQuery {
    /// The record that would be merged into the one of the path.
    exhibitor: ExhibitorId,
}

/// What a merge would move.
#[derive(Serialize, utoipa::ToSchema)]
struct MergePreviewView {
    /// The record that gets everything, and its name.
    into: ExhibitorId,
    /// Name of the record that gets everything.
    into_name: String,
    /// The record that is merged into it, and its name.
    merged: ExhibitorId,
    /// Name of the record that is merged into it.
    merged_name: String,
    /// Names of the editions whose applications move.
    applications: Vec<String>,
    /// Names of the editions at which it stood on a booth as co-exhibitor only.
    shared_booths: Vec<String>,
    /// Sales reports with lines that name it.
    sales_reports: usize,
    /// Number of trade deals that move.
    deals: usize,
    /// Names of the contacts that move.
    contacts: Vec<String>,
    /// Tags that the other record does not have.
    tags: Vec<String>,
    /// The link with an organisation moves.
    moves_link: bool,
    /// Why the records cannot be merged, in the caller's language.
    obstacle: Option<String>,
}

/// Returns what merging another record into this one would move, and what is against it; changes nothing.
///
/// Staff of the organiser other than gate staff. 422 `invalid` for a record with itself. What is against the merge is in
/// `obstacle`, with status 200.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}/merge",
    tag = "exhibitors",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
        MergeQuery,
    ),
    responses(
        (status = 200, body = MergePreviewView),
        (status = 403),
        (status = 404),
        (status = 422),
    ),
)]
#[get("/organisers/{organiser}/exhibitors/{exhibitor}/merge")]
pub(super) async fn preview_merge(
    req: HttpRequest,
    permit: Permit<ReadMerges>,
    path: ExhibitorPath,
    query: Query<MergeQuery>,
) -> Result<HttpResponse, Problem> {
    let language = preferred_language(&req);
    let (into, merged) = (path.1, query.into_result()?.exhibitor);
    let found = permit.read(move |tx, authorized| preview(tx, authorized.organiser()?, into, merged)).await?;
    Ok(HttpResponse::Ok().json(MergePreviewView {
        into: found.into.id,
        into_name: found.into.name,
        merged: found.merged.id,
        merged_name: found.merged.name,
        applications: found.applications,
        shared_booths: found.shared_booths,
        sales_reports: found.sales_reports,
        deals: found.deals,
        contacts: found.contacts,
        tags: found.tags,
        moves_link: found.moves_link,
        obstacle: found.obstacle.map(|text| text.get(language).to_owned()),
    }))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct MergeExhibitor {
    /// The record to merge into the one of the path.
    exhibitor: ExhibitorId,
}

/// The record that has everything now.
#[derive(Serialize, utoipa::ToSchema)]
struct MergedView {
    /// The record of the path.
    exhibitor: ExhibitorId,
    /// Its name, which does not change.
    name: String,
    /// For `If-Match`: `"v…"`.
    version: i32,
}

/// Merges another record into this one: its applications, booths, deals, contacts, tags and link move. Refused if both applied to
/// one edition, which is named. A split returns exactly what moved.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` also if both stood on one booth, are sellers in one
/// report or are linked, or if one of them was merged already; the reason is in `detail`. Nobody is notified.
#[utoipa::path(
    post,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}/merge",
    tag = "exhibitors",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
    ),
    request_body = MergeExhibitor,
    responses(
        (status = 200, body = MergedView),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/organisers/{organiser}/exhibitors/{exhibitor}/merge")]
pub(super) async fn merge_exhibitors(
    permit: Permit<MergeExhibitors>,
    path: ExhibitorPath,
    body: Body<MergeExhibitor>,
) -> Result<ApiResponse, Problem> {
    let (into, merged) = (path.1, body.into_result()?.exhibitor);
    permit
        .write_once(move |tx, authorized| {
            let row = merge(tx, &authorized, into, merged)?;
            let view = MergedView { exhibitor: row.id, name: row.name, version: row.version };
            Ok(ApiResponse::ok(&view)?.with_version(view.version))
        })
        .await
}
