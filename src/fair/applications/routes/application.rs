//! `GET`, `PATCH` and `DELETE /applications/{application}`.
use actix_web::{HttpResponse, delete, get, patch, web};
use serde::Deserialize;

use super::{
    super::{
        products::{self, DeclaredProduct},
        store::{self, ApplicationRow},
        wishes::{self, Wish},
    },
    actions::{ManageApplication, ReadApplication},
    create::validate_booths_wanted,
    view::{ApplicationView, view_with_wishes},
};
use crate::{applications::wishes::BoothsWanted, editions, exhibitors, floor::BoothCategory};
use hoicho_core::{
    i18n::MessageId,
    states::ApplicationState,
    values::ids::{ApplicationId, ProductId},
};
use hoicho_web::{
    audit::AuditAction,
    http::{
        ApiResponse, Body, Code, Problem, Validator,
        etag::{self, IfMatch},
        limits::NeedsText,
        patch::deserialize_present,
    },
    identity::Permit,
};

type ApplicationPath = web::Path<ApplicationId>;

/// Returns an application to its exhibitor's members and, once it is submitted, to the organiser's staff.
///
/// Members of the organisation that the exhibitor is linked with and, once it is submitted, staff of the organiser other than
/// gate staff. Others get 404.
#[utoipa::path(
    get,
    path = "/api/v1/applications/{application}",
    tag = "applications",
    security(("session" = [])),
    params(("application" = ApplicationId, Path)),
    responses(
        (status = 200, body = ApplicationView),
        (status = 404),
    ),
)]
#[get("/applications/{application}")]
pub(super) async fn get_application(
    permit: Permit<ReadApplication>,
    id: ApplicationPath,
) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let view = permit.read(move |tx, authorized| {
        let row = store::find(tx, authorized.edition()?, id)?;
        view_with_wishes(tx, row)
    });
    let view = view.await?;
    Ok(HttpResponse::Ok().insert_header(etag::header(view.version)).json(view))
}

/// Fields that can be changed while it is a draft; `null` clears `needs`.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchApplication {
    /// 1 to 100.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<BoothsWanted>)]
    booths_wanted: Option<i32>,
    /// Wished category of the booths.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    category: Option<BoothCategory>,
    /// Other needs as free text; 1 to 2,000 characters. `null` clears it.
    #[schema(value_type = Option<NeedsText>)]
    #[serde(default, deserialize_with = "deserialize_present")]
    needs: Option<Option<String>>,
    /// Whether it needs electric power; allocation runs assign only booths with it.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    needs_power: Option<bool>,
    /// Whether it needs running water; allocation runs assign only booths with it.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    needs_water: Option<bool>,
    /// Whether it needs a corner booth; allocation runs assign only those.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    needs_corner: Option<bool>,
    /// Best first; at most 20.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    wishes: Option<Vec<Wish>>,
    /// At most 100.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    products: Option<Vec<ProductId>>,
    /// Products by name; replaces all of them. At most 100 together with `products`.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    declared_products: Option<Vec<DeclaredProduct>>,
}

fn not_a_draft() -> Problem {
    Problem::new(Code::IllegalStep, MessageId("error-application-submitted"))
}

/// Updates a draft.
///
/// Members of the organisation that the exhibitor is linked with; requires `If-Match`. Refused with 409 `illegal_step` once it is
/// submitted, and `edition_finalised` once the edition is finalised or cancelled.
#[utoipa::path(
    patch,
    path = "/api/v1/applications/{application}",
    tag = "applications",
    security(("session" = [])),
    params(
        ("application" = ApplicationId, Path),
        ("If-Match" = String, Header),
    ),
    request_body = PatchApplication,
    responses(
        (status = 200, body = ApplicationView),
        (status = 404),
        (status = 409),
        (status = 412),
        (status = 422),
    ),
)]
#[patch("/applications/{application}")]
pub(super) async fn patch_application(
    permit: Permit<ManageApplication>,
    id: ApplicationPath,
    if_match: IfMatch,
    body: Body<PatchApplication>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    validate_booths_wanted(&mut checks, body.booths_wanted.unwrap_or(1));
    let list = |wishes: &Option<Vec<Wish>>| wishes.clone().unwrap_or_default();
    wishes::validate(&mut checks, "/wishes", &list(&body.wishes));
    let replaces_products = body.products.is_some() || body.declared_products.is_some();
    let is_declared = body.declared_products.is_some();
    let from_catalogue = body.products.clone().unwrap_or_default();
    let declared = products::validate(&mut checks, &from_catalogue, body.declared_products.unwrap_or_default());
    let needs = body.needs.map(|n| n.map(|n| checks.require_text::<NeedsText>("/needs", &n)));
    checks.finish()?;
    let id = id.into_inner();
    permit
        .write(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            let before = store::find(tx, edition.id, id)?;
            if_match.check(before.version)?;
            if before.state != ApplicationState::Draft {
                return Err(not_a_draft());
            }
            let view_before = view_with_wishes(tx, before.clone())?;
            let mut row = ApplicationRow { version: before.version + 1, ..before.clone() };
            row.needs_power = body.needs_power.unwrap_or(row.needs_power);
            row.needs_water = body.needs_water.unwrap_or(row.needs_water);
            row.needs_corner = body.needs_corner.unwrap_or(row.needs_corner);
            row.booths_wanted = body.booths_wanted.unwrap_or(row.booths_wanted);
            row.category = body.category.unwrap_or(row.category);
            row.needs = needs.unwrap_or(row.needs);
            if !store::update(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            if let Some(wishes) = &body.wishes {
                wishes::replace_wishes(tx, edition.id, id, wishes)?;
            }
            if replaces_products {
                let exhibitor = exhibitors::store::find(tx, row.exhibitor_id)?;
                let (current, current_declared) = products::find(tx, id)?;
                let declared = if is_declared { declared } else { current_declared };
                let mut checks = Validator::default();
                let list = body.products.unwrap_or(current);
                let declared = products::validate(&mut checks, &list, declared);
                checks.finish()?;
                products::replace(tx, &exhibitor, id, &list, declared)?;
            }
            let view = view_with_wishes(tx, row)?;
            authorized.record_audit(tx, AuditAction::ApplicationChange, id, Some(&view_before), Some(&view))?;
            Ok(ApiResponse::ok(&view)?.with_version(view.version))
        })
        .await
}

/// Deletes a draft without documents.
///
/// Members of the organisation that the exhibitor is linked with; requires `If-Match`. Refused with 409 `illegal_step` once it is
/// submitted (withdraw it then), and `in_use` while it has documents. A record that was made for this draft is deleted with it.
#[utoipa::path(
    delete,
    path = "/api/v1/applications/{application}",
    tag = "applications",
    security(("session" = [])),
    params(
        ("application" = ApplicationId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
        (status = 412),
    ),
)]
#[delete("/applications/{application}")]
pub(super) async fn delete_application(
    permit: Permit<ManageApplication>,
    id: ApplicationPath,
    if_match: IfMatch,
) -> Result<ApiResponse, Problem> {
    let id = id.into_inner();
    permit
        .write(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            let before = store::find(tx, edition.id, id)?;
            if_match.check(before.version)?;
            if before.state != ApplicationState::Draft {
                return Err(not_a_draft());
            }
            store::delete(tx, id)?;
            authorized.record_audit(tx, AuditAction::ApplicationDelete, id, Some(before.exhibitor_id), None)?;
            // The record that was made for this draft.
            if !store::has_any(tx, before.exhibitor_id)? {
                exhibitors::store::delete_unsubmitted(tx, before.exhibitor_id)?;
            }
            Ok(ApiResponse::no_content())
        })
        .await
}
