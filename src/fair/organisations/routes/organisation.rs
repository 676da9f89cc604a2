//! `/organisations` and `/organisations/{organisation}`.
use actix_web::{HttpResponse, delete, get, patch, post};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        LegalForm,
        profile::{NewProfile, ProfileChange},
        store::{self, OrganisationRow},
    },
    actions::ManageOrganisation,
};
use hoicho_core::{db::Tx, values::ids::OrganisationId};
use hoicho_web::{
    audit::{self, AuditAction},
    http::{
        ApiResponse, Body, Code, Items, Problem, Validator,
        etag::{self, IfMatch},
        limits::NameText,
        patch::deserialize_present,
    },
    identity::{ExhibitorsScope, OrganisationRole, Permit, ReadPermit, SignedIn, store::insert_organisation_member},
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateOrganisation {
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    name: String,
    /// Decides which tax codes are valid.
    legal_form: LegalForm,
    /// 10 digits, the last a check digit, `-001` for a branch; 12 for a household business.
    tax_code: Option<String>,
    /// ISO 3166-1 alpha-2, upper case; default `VN`.
    country: Option<String>,
    /// Code from `/localities`; required unless `locality` is set.
    locality_code: Option<String>,
    /// Name of the locality; required unless `locality_code` is set, which takes precedence.
    #[schema(value_type = Option<NameText>)]
    locality: Option<String>,
}

/// An organisation. Only its members see the tax code.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct OrganisationView {
    /// Made by the server.
    id: OrganisationId,
    /// 1 to 200 characters.
    name: String,
    /// As its members say; records of organisers have their own.
    legal_form: LegalForm,
    /// With its check digit; absent if unknown, and for everybody but members and platform admins.
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_code: Option<String>,
    /// Whether staff of the platform has seen a paper that proves the tax code.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_tax_code_verified: Option<bool>,
    /// ISO 3166-1 alpha-2.
    country: String,
    /// Code from `/localities`; `null` if the locality is known by name only.
    locality_code: Option<String>,
    /// Name of the locality.
    locality: String,
}

pub(super) fn view(row: OrganisationRow, with_tax_code: bool) -> OrganisationView {
    OrganisationView {
        id: row.id,
        name: row.name,
        legal_form: row.legal_form,
        is_tax_code_verified: with_tax_code.then_some(row.tax_code_verified_at.is_some()),
        tax_code: row.tax_code.filter(|_| with_tax_code),
        country: row.country,
        locality_code: row.locality_code,
        locality: row.locality,
    }
}

/// Creates an organisation; the caller becomes its owner.
///
/// Every logged-in person. Several organisations may claim one tax code until it is verified; records of organisers with the same
/// code are not linked.
#[utoipa::path(
    post,
    path = "/api/v1/organisations",
    tag = "organisations",
    security(("session" = [])),
    request_body = CreateOrganisation,
    responses(
        (status = 201, body = OrganisationView),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/organisations")]
pub(super) async fn create_organisation(
    caller: SignedIn,
    body: Body<CreateOrganisation>,
) -> Result<ApiResponse, Problem> {
    let CreateOrganisation { name, legal_form, tax_code, country, locality_code, locality } = body.into_result()?;
    let mut checks = Validator::default();
    let new = NewProfile { name, legal_form, tax_code, country, locality_code, locality }.validate(&mut checks);
    checks.finish()?;
    let (user, now) = (caller.user, caller.now);
    let work = move |tx: &mut Tx<'_>| {
        let row = OrganisationRow::new(new.resolve(tx, now)?, now);
        store::insert(tx, std::slice::from_ref(&row))?;
        insert_organisation_member(tx, row.id, user, OrganisationRole::Owner)?;
        let view = view(row, true);
        let entry = audit::Entry {
            organiser: None,
            edition: None,
            actor: Some(user),
            api_key: None,
            on_behalf_of: None,
            action: AuditAction::OrganisationCreate,
            subject: view.id.to_string(),
            before: None,
            after: Some(&view),
            at: now,
        };
        audit::record(tx, entry)?;
        Ok(ApiResponse::created(&format!("/organisations/{}", view.id), &view)?.with_version(1))
    };
    caller.write_once(work).await
}

/// Lists the organisations the caller is a member of.
///
/// Every logged-in person, with the tax code and whether it is verified.
#[utoipa::path(
    get,
    path = "/api/v1/organisations",
    tag = "organisations",
    security(("session" = [])),
    responses(
        (status = 200, body = Items<OrganisationView>),
        (status = 401),
    ),
)]
#[get("/organisations")]
pub(super) async fn list_organisations(caller: SignedIn) -> Result<HttpResponse, Problem> {
    let user = caller.user;
    let rows = caller.context.db.read(move |tx| store::find_by_member(tx, user).map_err(Problem::from)).await?;
    Ok(HttpResponse::Ok().json(Items { items: rows.into_iter().map(|row| view(row, true)).collect() }))
}

/// Returns an organisation. One that stands at a fair is public.
///
/// Members, staff other than gate staff of linked organisers, and their API keys with `read:exhibitors`. Everybody once it has a
/// confirmed booth at an edition that is not a draft.
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{organisation}",
    tag = "organisations",
    security((), ("session" = []), ("api_key" = ["read:exhibitors"])),
    params(("organisation" = OrganisationId, Path)),
    responses(
        (status = 200, body = OrganisationView),
        (status = 404),
    ),
)]
#[get("/organisations/{organisation}")]
pub(super) async fn get_organisation(permit: ReadPermit<ExhibitorsScope>) -> Result<HttpResponse, Problem> {
    let (row, with_tax_code) =
        permit.read(|tx, authorized| Ok((store::find(tx, authorized.organisation()?)?, authorized.as_member))).await?;
    Ok(HttpResponse::Ok().insert_header(etag::header(row.version)).json(view(row, with_tax_code)))
}

/// Fields to change; `null` clears the tax code.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchOrganisation {
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
}

/// Updates an organisation. Another tax code has to be verified again.
///
/// Owners of the organisation; requires `If-Match`. Records of organisers stay as they are: a changed profile is not copied to
/// them.
#[utoipa::path(
    patch,
    path = "/api/v1/organisations/{organisation}",
    tag = "organisations",
    security(("session" = [])),
    params(
        ("organisation" = OrganisationId, Path),
        ("If-Match" = String, Header),
    ),
    request_body = PatchOrganisation,
    responses(
        (status = 200, body = OrganisationView),
        (status = 404),
        (status = 409),
        (status = 412),
        (status = 422),
    ),
)]
#[patch("/organisations/{organisation}")]
pub(super) async fn patch_organisation(
    permit: Permit<ManageOrganisation>,
    if_match: IfMatch,
    body: Body<PatchOrganisation>,
) -> Result<ApiResponse, Problem> {
    let PatchOrganisation { name, legal_form, tax_code, country, locality_code, locality } = body.into_result()?;
    let mut checks = Validator::default();
    let change = ProfileChange { name, legal_form, tax_code, country, locality_code, locality }.validate(&mut checks);
    checks.finish()?;
    permit
        .write(move |tx, authorized| {
            let before = store::find(tx, authorized.organisation()?)?;
            if_match.check(before.version)?;
            let row = before.clone().with_profile(change.apply(tx, before.profile(), authorized.now)?);
            if !store::update(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            let version = row.version;
            let (before, after) = (view(before, true), view(row, true));
            authorized.record_audit(tx, AuditAction::OrganisationChange, after.id, Some(&before), Some(&after))?;
            Ok(ApiResponse::ok(&after)?.with_version(version))
        })
        .await
}

/// Deletes an organisation that has no applications and no products.
///
/// Owners of the organisation; requires `If-Match`. Refused with 409 `in_use` while a record is linked with it or it has
/// products.
#[utoipa::path(
    delete,
    path = "/api/v1/organisations/{organisation}",
    tag = "organisations",
    security(("session" = [])),
    params(
        ("organisation" = OrganisationId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
        (status = 412),
    ),
)]
#[delete("/organisations/{organisation}")]
pub(super) async fn delete_organisation(
    permit: Permit<ManageOrganisation>,
    if_match: IfMatch,
) -> Result<ApiResponse, Problem> {
    permit
        .write(move |tx, authorized| {
            let before = store::find(tx, authorized.organisation()?)?;
            if_match.check(before.version)?;
            store::delete(tx, before.id)?;
            authorized.record_audit(tx, AuditAction::OrganisationDelete, before.id, Some(before.name), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
