//! `/organisers/{organiser}/exhibitors/{exhibitor}/merges` and `…/split`.
use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        split::split,
        store::{self, MergeRow},
    },
    actions::{MergeExhibitors, ReadMerges},
};
use crate::exhibitors;
use hoicho_core::values::ids::{ExhibitorId, OrganiserId};
use hoicho_web::{
    http::{ApiResponse, Body, Items, Problem},
    identity::Permit,
};

type ExhibitorPath = web::Path<(OrganiserId, ExhibitorId)>;

/// A record that was merged into this one.
#[derive(Serialize, utoipa::ToSchema)]
struct MergedRecordView {
    /// The record that was merged, to split it off again.
    exhibitor: ExhibitorId,
    /// Its name.
    name: String,
    /// When it was merged, RFC 3339 in UTC.
    #[schema(value_type = String)]
    merged_at: chrono::DateTime<chrono::Utc>,
}

fn view((row, name): (MergeRow, String)) -> MergedRecordView {
    MergedRecordView { exhibitor: row.merged_id, name, merged_at: row.merged_at.and_utc() }
}

/// Lists the records that were merged into this one, newest first.
///
/// Staff of the organiser other than gate staff. Records that were split off again are left out.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}/merges",
    tag = "exhibitors",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
    ),
    responses(
        (status = 200, body = Items<MergedRecordView>),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}/exhibitors/{exhibitor}/merges")]
pub(super) async fn list_merges(permit: Permit<ReadMerges>, path: ExhibitorPath) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let rows = permit.read(move |tx, authorized| {
        exhibitors::store::find_of_organiser(tx, authorized.organiser()?, id)?;
        Ok(store::find_merged(tx, id)?)
    });
    Ok(HttpResponse::Ok().json(Items { items: rows.await?.into_iter().map(view).collect() }))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct SplitExhibitor {
    /// The record that was merged into the one of the path.
    exhibitor: ExhibitorId,
}

/// The record that was split off.
#[derive(Serialize, utoipa::ToSchema)]
struct SplitView {
    /// The record, with its former identifier.
    exhibitor: ExhibitorId,
    /// Its name.
    name: String,
    /// For `If-Match`: `"v…"`.
    version: i32,
}

/// Splits a merged record off again. It gets back exactly what moved with the merge, as far as it still exists.
///
/// Owners and managers of the organiser. 404 if the record was not merged into this one; 409 `illegal_step` if this one was
/// itself merged since: split that first.
#[utoipa::path(
    post,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}/split",
    tag = "exhibitors",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
    ),
    request_body = SplitExhibitor,
    responses(
        (status = 200, body = SplitView),
        (status = 403),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/organisers/{organiser}/exhibitors/{exhibitor}/split")]
pub(super) async fn split_exhibitor(
    permit: Permit<MergeExhibitors>,
    path: ExhibitorPath,
    body: Body<SplitExhibitor>,
) -> Result<ApiResponse, Problem> {
    let (from, merged) = (path.1, body.into_result()?.exhibitor);
    permit
        .write_once(move |tx, authorized| {
            let row = split(tx, &authorized, from, merged)?;
            let view = SplitView { exhibitor: row.id, name: row.name, version: row.version };
            Ok(ApiResponse::ok(&view)?.with_version(view.version))
        })
        .await
}
