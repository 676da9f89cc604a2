//! What is known about an exhibitor: the editions it took part in, and records that may be the same.
use actix_web::{HttpResponse, get};

use super::{
    super::{
        duplicates::{self, PossibleDuplicate},
        history::{self, HistoryEntry},
        store,
    },
    actions::ReadExhibitors,
    exhibitor::ExhibitorPath,
};
use hoicho_core::values::ids::{ExhibitorId, OrganiserId};
use hoicho_web::{
    http::{Items, Problem},
    identity::Permit,
};

/// Lists the editions in which an exhibitor took part, newest first.
///
/// Staff of the organiser other than gate staff. Only editions of this organiser, and only applications that were submitted.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}/history",
    tag = "exhibitors",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
    ),
    responses(
        (status = 200, body = Items<HistoryEntry>),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}/exhibitors/{exhibitor}/history")]
pub(super) async fn get_history(permit: Permit<ReadExhibitors>, path: ExhibitorPath) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let items = permit.read(move |tx, authorized| {
        store::find_of_organiser(tx, authorized.organiser()?, id)?;
        Ok(history::find(tx, id)?)
    });
    Ok(HttpResponse::Ok().json(Items { items: items.await? }))
}

/// Lists records that may be the same exhibitor: with the same tax code, phone number or e-mail address; at most 50.
///
/// Staff of the organiser other than gate staff. Only records of this organiser that were not merged; nothing joins by itself.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}/duplicates",
    tag = "exhibitors",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
    ),
    responses(
        (status = 200, body = Items<PossibleDuplicate>),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}/exhibitors/{exhibitor}/duplicates")]
pub(super) async fn list_duplicates(
    permit: Permit<ReadExhibitors>,
    path: ExhibitorPath,
) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let items = permit.read(move |tx, authorized| {
        let row = store::find_of_organiser(tx, authorized.organiser()?, id)?;
        Ok(duplicates::find(tx, &row)?)
    });
    Ok(HttpResponse::Ok().json(Items { items: items.await? }))
}
