//! Endpoints of gates.
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};

use super::{
    super::store::{self, GateRow},
    actions::{ManageGates, ReadGates},
};
use crate::editions;
use hoicho_core::values::ids::GateId;
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Items, Problem, Validator, limits::ShortNameText},
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateGate {
    /// Unique in the edition.
    #[schema(value_type = ShortNameText)]
    name: String,
}

#[derive(Serialize, utoipa::ToSchema)]
struct GateView {
    /// Made by the server; counts name it.
    id: GateId,
    /// Unique in the edition; 1 to 100 characters.
    name: String,
}

/// Creates a gate.
///
/// Owners and managers of the organiser. Refused with 409 `already_exists` if the name is in use in the edition, and
/// `edition_finalised` once the edition is finalised or cancelled.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/gates",
    tag = "visits",
    security(("session" = [])),
    params(("edition" = String, Path)),
    request_body = CreateGate,
    responses(
        (status = 201, body = GateView),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/gates")]
pub(super) async fn create_gate(permit: Permit<ManageGates>, body: Body<CreateGate>) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let name = checks.require_text::<ShortNameText>("/name", &body.name);
    checks.finish()?;
    permit
        .write_once(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            let row = GateRow { id: GateId::make(), edition_id: edition.id, name };
            store::insert_gates(tx, std::slice::from_ref(&row))?;
            authorized.record_audit(tx, AuditAction::GateCreate, row.id, None, Some(&row.name))?;
            let path = format!("/editions/{}/gates", edition.id);
            ApiResponse::created(&path, &GateView { id: row.id, name: row.name })
        })
        .await
}

/// Lists the gates of an edition.
///
/// All roles with the organiser, gate staff too, and API keys with `read:gates`.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/gates",
    tag = "visits",
    security(("session" = []), ("api_key" = ["read:gates"])),
    params(("edition" = String, Path)),
    responses(
        (status = 200, body = Items<GateView>),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/gates")]
pub(super) async fn list_gates(permit: Permit<ReadGates>) -> Result<HttpResponse, Problem> {
    let rows = permit.read(|tx, authorized| Ok(store::find_gates(tx, authorized.edition()?)?)).await?;
    let items: Vec<_> = rows.into_iter().map(|r| GateView { id: r.id, name: r.name }).collect();
    Ok(HttpResponse::Ok().json(Items { items }))
}
