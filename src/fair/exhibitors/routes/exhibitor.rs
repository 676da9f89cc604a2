//! `GET`, `PATCH` and `DELETE /organisers/{organiser}/exhibitors/{exhibitor}`.
use actix_web::{HttpResponse, delete, get, patch, web};
use serde::Deserialize;

use super::{
    super::store,
    actions::{ManageExhibitors, ReadExhibitors},
    create::validate_tags,
    view::{ExhibitorView, view},
};
use crate::organisations::{LegalForm, profile::ProfileChange};
use hoicho_core::values::ids::{ExhibitorId, OrganiserId};
use hoicho_web::{
    audit::AuditAction,
    http::{
        ApiResponse, Body, Code, Problem, Validator,
        etag::{self, IfMatch},
        limits::{NameText, NotesText, TagText},
        patch::deserialize_present,
    },
    identity::Permit,
};

pub(super) type ExhibitorPath = web::Path<(OrganiserId, ExhibitorId)>;

/// Returns a record with contacts, notes and tags. One that was merged names the record it was merged into.
///
/// Staff of the organiser other than gate staff. A record that an organisation drafts its application with is not found until it
/// is submitted.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}",
    tag = "exhibitors",
    security(("session" = [])),
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
    /// 1 to 200 characters.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<NameText>)]
    name: Option<String>,
    /// The tax code must be valid for it.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    legal_form: Option<LegalForm>,
    /// 10 digits, the last a check digit, `-001` for a branch; 12 for a household business. `null` clears it.
    #[serde(default, deserialize_with = "deserialize_present")]
    tax_code: Option<Option<String>>,
    /// ISO 3166-1 alpha-2, upper case.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    country: Option<String>,
    /// Code from `/localities`.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    locality_code: Option<String>,
    /// Name of the locality; clears the locality code.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<NameText>)]
    locality: Option<String>,
    /// For the organiser's staff; 1 to 4,000 characters. `null` clears them.
    #[schema(value_type = Option<NotesText>)]
    #[serde(default, deserialize_with = "deserialize_present")]
    notes: Option<Option<String>>,
    /// Replaces all tags; at most 20 of 1 to 50 characters.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<Vec<TagText>>)]
    tags: Option<Vec<String>>,
}

/// Updates a record.
///
/// Owners and managers of the organiser; requires `If-Match`. Refused with 409 `illegal_step` for a record that was merged into
/// another. Changes nothing in the account of a linked organisation.
#[utoipa::path(
    patch,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}",
    tag = "exhibitors",
    security(("session" = [])),
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
    let notes = body.notes.map(|n| n.map(|n| checks.require_text::<NotesText>("/notes", &n)));
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
///
/// Owners and managers of the organiser; requires `If-Match`. Refused with 409 `in_use` if it has an application, a place on a
/// booth, a deal or a merge, and `illegal_step` if it was merged into another. Its contacts, tags and open invitations are
/// deleted with it.
#[utoipa::path(
    delete,
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}",
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
