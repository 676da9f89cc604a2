//! `GET`, `PATCH` and `DELETE /organisers/{organiser}/exhibitors/{exhibitor}`.
use actix_web::{HttpResponse, delete, get, patch, web};
use serde::Deserialize;

use super::{
    super::store,
    actions::{ManageExhibitors, ReadExhibitors},
    create::{MAX_NOTE_CHARS, validate_tags},
    view::{ExhibitorView, view},
};
use crate::organisations::{LegalForm, profile::ProfileChange};
use hoicho_core::values::ids::{ExhibitorId, OrganiserId};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Code, Problem, Validator, etag, etag::IfMatch, patch::deserialize_present},
    identity::Permit,
};

pub(super) type ExhibitorPath = web::Path<(OrganiserId, ExhibitorId)>;

/// Returns a record with contacts, notes and tags. One that was merged names the record it was merged into.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}",
    tag = "exhibitors",
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
    ),
    responses(
        (status = 200, body = ExhibitorView),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}/exhibitors/{exhibitor}")]
pub(super) async fn get_exhibitor(
    permit: Permit<ReadExhibitors>,
    path: ExhibitorPath,
) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let view = permit.read(move |tx, authorized| {
        let row = store::find_of_organiser(tx, authorized.organiser()?, id)?;
        view(tx, row)
    });
    let view = view.await?;
    Ok(HttpResponse::Ok().insert_header(etag::header(view.version)).json(view))
}

/// Fields to change; `null` clears the tax code or the notes.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchExhibitor {
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    name: Option<String>,
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    legal_form: Option<LegalForm>,
    #[serde(default, deserialize_with = "deserialize_present")]
    tax_code: Option<Option<String>>,
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    country: Option<String>,
    /// Code from `/localities`.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    locality_code: Option<String>,
    /// Name of the locality; clears the locality code.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    locality: Option<String>,
    #[serde(default, deserialize_with = "deserialize_present")]
    notes: Option<Option<String>>,
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    tags: Option<Vec<String>>,
}

/// Updates a record.
#[utoipa::path(
    patch,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}",
    tag = "exhibitors",
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
        ("If-Match" = String, Header),
    ),
    request_body = PatchExhibitor,
    responses(
        (status = 200, body = ExhibitorView),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 412),
        (status = 422),
    ),
)]
#[patch("/organisers/{organiser}/exhibitors/{exhibitor}")]
pub(super) async fn patch_exhibitor(
    permit: Permit<ManageExhibitors>,
    path: ExhibitorPath,
    if_match: IfMatch,
    body: Body<PatchExhibitor>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let PatchExhibitor { name, legal_form, tax_code, country, locality_code, locality, .. } = body;
    let mut checks = Validator::default();
    let change = ProfileChange { name, legal_form, tax_code, country, locality_code, locality }.validate(&mut checks);
    let notes = body.notes.map(|n| n.map(|n| checks.require_text("/notes", &n, MAX_NOTE_CHARS)));
    let tags = body.tags.map(|tags| validate_tags(&mut checks, tags));
    checks.finish()?;
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let before = store::find_of_organiser(tx, authorized.organiser()?, id)?;
            if_match.check(before.version)?;
            store::require_unmerged(&before)?;
            let view_before = view(tx, before.clone())?;
            let mut row = before.clone().with_profile(change.apply(tx, before.profile(), authorized.now)?);
            row.notes = notes.unwrap_or(row.notes);
            if !store::update(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            if let Some(tags) = tags {
                store::replace_tags(tx, id, &tags)?;
            }
            let after = view(tx, row)?;
            authorized.record_audit(tx, AuditAction::ExhibitorChange, id, Some(&view_before), Some(&after))?;
            Ok(ApiResponse::ok(&after)?.with_version(after.version))
        })
        .await
}

/// Deletes a record that takes part in no edition.
#[utoipa::path(
    delete,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}",
    tag = "exhibitors",
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 412),
    ),
)]
#[delete("/organisers/{organiser}/exhibitors/{exhibitor}")]
pub(super) async fn delete_exhibitor(
    permit: Permit<ManageExhibitors>,
    path: ExhibitorPath,
    if_match: IfMatch,
) -> Result<ApiResponse, Problem> {
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let before = store::find_of_organiser(tx, authorized.organiser()?, id)?;
            if_match.check(before.version)?;
            store::require_unmerged(&before)?;
            store::delete(tx, id)?;
            authorized.record_audit(tx, AuditAction::ExhibitorDelete, id, Some(before.name), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
