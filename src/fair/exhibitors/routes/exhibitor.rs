//! `/exhibitors` and `/exhibitors/{exhibitor}`.
use actix_web::{HttpResponse, delete, get, patch, post};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        LegalForm,
        store::{self, ExhibitorRow},
        tax_code,
    },
    actions::ManageExhibitor,
};
use crate::localities;
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{clock::Instant, ids::ExhibitorId, text},
};
use hoicho_web::{
    audit::{self, AuditAction},
    http::{
        ApiResponse, Body, Code, FieldCode, Items, Problem, Validator, etag, etag::IfMatch, patch::deserialize_present,
    },
    identity::{ExhibitorRole, ExhibitorsScope, Permit, ReadPermit, SignedIn, store::insert_exhibitor_member},
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateExhibitor {
    /// 1 to 200 characters.
    name: String,
    legal_form: LegalForm,
    /// 10 digits, the last a check digit, `-001` for a branch; 12 for a household business.
    tax_code: Option<String>,
    /// ISO 3166-1 alpha-2, upper case; default `VN`.
    country: Option<String>,
    /// Code from `/localities`; required unless `locality` is set.
    locality_code: Option<String>,
    /// Name of the locality; required unless `locality_code` is set, which takes precedence.
    locality: Option<String>,
}

/// An exhibitor. Only its members and the organisers it applied to see the tax code.
#[derive(Serialize, utoipa::ToSchema)]
struct ExhibitorView {
    id: ExhibitorId,
    name: String,
    legal_form: LegalForm,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_code: Option<String>,
    country: String,
    locality_code: Option<String>,
    locality: String,
}

fn view(row: ExhibitorRow, with_tax_code: bool) -> ExhibitorView {
    ExhibitorView {
        id: row.id,
        name: row.name,
        legal_form: row.legal_form,
        tax_code: row.tax_code.filter(|_| with_tax_code),
        country: row.country,
        locality_code: row.locality_code,
        locality: row.locality,
    }
}

fn validate_country(checks: &mut Validator, country: &str) {
    checks.require(
        country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase()),
        "/country",
        FieldCode::Country,
        MessageId("error-invalid-country"),
    );
}

fn validate_tax_code(checks: &mut Validator, code: Option<&str>, form: LegalForm) -> Option<String> {
    let parsed = code.map(|code| tax_code::parse(code, form));
    checks.require(parsed != Some(None), "/tax_code", FieldCode::TaxCode, MessageId("error-invalid-tax-code"));
    parsed.flatten()
}

/// Resolves a locality code that is valid today; without a code, uses the given name.
fn resolve_locality(
    tx: &mut Tx<'_>,
    code: Option<String>,
    locality_name: Option<String>,
    now: Instant,
) -> Result<(Option<String>, String), Problem> {
    let mut checks = Validator::default();
    let known_locality = match &code {
        Some(code) if code.contains('\0') => None,
        Some(code) => localities::store::find(tx, code)?.filter(|l| l.valid_to.is_none_or(|to| to >= now.date())),
        None => None,
    };
    checks.require(
        code.is_none() || known_locality.is_some(),
        "/locality_code",
        FieldCode::Unknown,
        MessageId("error-locality-not-current"),
    );
    checks.require(
        code.is_some() || locality_name.is_some(),
        "/locality",
        FieldCode::Missing,
        MessageId("error-locality-required"),
    );
    checks.finish()?;
    Ok(match known_locality {
        Some(known_locality) => (Some(known_locality.code), known_locality.name),
        None => (None, locality_name.unwrap_or_default()),
    })
}

/// Creates an exhibitor; the caller becomes its owner.
#[utoipa::path(
    post,
    path = "/api/v1/exhibitors",
    tag = "exhibitors",
    request_body = CreateExhibitor,
    responses(
        (status = 201, body = ExhibitorView),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/exhibitors")]
pub(super) async fn create_exhibitor(caller: SignedIn, body: Body<CreateExhibitor>) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let name = checks.require_text("/name", &body.name, 200);
    let locality_name = body.locality.map(|l| checks.require_text("/locality", &l, 200));
    let country = body.country.unwrap_or_else(|| "VN".to_owned());
    validate_country(&mut checks, &country);
    let tax_code = validate_tax_code(&mut checks, body.tax_code.as_deref(), body.legal_form);
    checks.finish()?;
    let (user, now) = (caller.user, caller.now);
    let work = move |tx: &mut Tx<'_>| {
        let (locality_code, locality) = resolve_locality(tx, body.locality_code, locality_name, now)?;
        let row = ExhibitorRow {
            id: ExhibitorId::make(),
            name_search: text::normalize_for_search(&name),
            name,
            legal_form: body.legal_form,
            tax_code,
            country,
            locality_code,
            locality,
            version: 1,
            created_at: now,
        };
        store::insert(tx, std::slice::from_ref(&row))?;
        insert_exhibitor_member(tx, row.id, user, ExhibitorRole::Owner)?;
        let view = view(row, true);
        let entry = audit::Entry {
            organiser: None,
            edition: None,
            actor: Some(user),
            api_key: None,
            action: AuditAction::ExhibitorCreate,
            subject: view.id.to_string(),
            before: None,
            after: Some(&view),
            at: now,
        };
        audit::record(tx, entry)?;
        Ok(ApiResponse::created(&view)?.with_version(1))
    };
    caller.write_once(work).await
}

/// Lists the exhibitors the caller is a member of.
#[utoipa::path(
    get,
    path = "/api/v1/exhibitors",
    tag = "exhibitors",
    responses(
        (status = 200, body = Items<ExhibitorView>),
        (status = 401),
    ),
)]
#[get("/exhibitors")]
pub(super) async fn list_exhibitors(caller: SignedIn) -> Result<HttpResponse, Problem> {
    let user = caller.user;
    let rows = caller.context.db.read(move |tx| store::find_by_member(tx, user).map_err(Problem::from)).await?;
    Ok(HttpResponse::Ok().json(Items { items: rows.into_iter().map(|row| view(row, true)).collect() }))
}

/// Returns an exhibitor. One that stands at a fair is public.
#[utoipa::path(
    get,
    path = "/api/v1/exhibitors/{exhibitor}",
    tag = "exhibitors",
    params(("exhibitor" = ExhibitorId, Path)),
    responses(
        (status = 200, body = ExhibitorView),
        (status = 404),
    ),
)]
#[get("/exhibitors/{exhibitor}")]
pub(super) async fn get_exhibitor(permit: ReadPermit<ExhibitorsScope>) -> Result<HttpResponse, Problem> {
    let (row, with_tax_code) = permit
        .read(|tx, authorized| {
            Ok((store::find(tx, authorized.exhibitor()?)?, authorized.as_staff || authorized.as_member))
        })
        .await?;
    Ok(HttpResponse::Ok().insert_header(etag::header(row.version)).json(view(row, with_tax_code)))
}

/// Fields to change; `null` clears the tax code.
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
}

/// Updates an exhibitor.
#[utoipa::path(
    patch,
    path = "/api/v1/exhibitors/{exhibitor}",
    tag = "exhibitors",
    params(
        ("exhibitor" = ExhibitorId, Path),
        ("If-Match" = String, Header),
    ),
    request_body = PatchExhibitor,
    responses(
        (status = 200, body = ExhibitorView),
        (status = 404),
        (status = 409),
        (status = 412),
        (status = 422),
    ),
)]
#[patch("/exhibitors/{exhibitor}")]
pub(super) async fn patch_exhibitor(
    permit: Permit<ManageExhibitor>,
    if_match: IfMatch,
    body: Body<PatchExhibitor>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let name = body.name.map(|n| checks.require_text("/name", &n, 200));
    let locality_name = body.locality.map(|l| checks.require_text("/locality", &l, 200));
    if let Some(country) = &body.country {
        validate_country(&mut checks, country);
    }
    checks.finish()?;
    permit
        .write(move |tx, authorized| {
            let before = store::find(tx, authorized.exhibitor()?)?;
            if_match.check(before.version)?;
            let mut row = ExhibitorRow { version: before.version + 1, ..before.clone() };
            if let Some(name) = name {
                row.name_search = text::normalize_for_search(&name);
                row.name = name;
            }
            row.legal_form = body.legal_form.unwrap_or(row.legal_form);
            row.country = body.country.unwrap_or(row.country);
            if body.locality_code.is_some() || locality_name.is_some() {
                (row.locality_code, row.locality) =
                    resolve_locality(tx, body.locality_code, locality_name, authorized.now)?;
            }
            // Always validated: a new legal form can make the existing tax code invalid.
            let code = body.tax_code.unwrap_or(row.tax_code);
            let mut checks = Validator::default();
            row.tax_code = validate_tax_code(&mut checks, code.as_deref(), row.legal_form);
            checks.finish()?;
            if !store::update(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            let version = row.version;
            let (before, after) = (view(before, true), view(row, true));
            authorized.record_audit(tx, AuditAction::ExhibitorChange, after.id, Some(&before), Some(&after))?;
            Ok(ApiResponse::ok(&after)?.with_version(version))
        })
        .await
}

/// Deletes an exhibitor that has no applications and no products.
#[utoipa::path(
    delete,
    path = "/api/v1/exhibitors/{exhibitor}",
    tag = "exhibitors",
    params(
        ("exhibitor" = ExhibitorId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
        (status = 412),
    ),
)]
#[delete("/exhibitors/{exhibitor}")]
pub(super) async fn delete_exhibitor(
    permit: Permit<ManageExhibitor>,
    if_match: IfMatch,
) -> Result<ApiResponse, Problem> {
    permit
        .write(move |tx, authorized| {
            let before = store::find(tx, authorized.exhibitor()?)?;
            if_match.check(before.version)?;
            store::delete(tx, before.id)?;
            authorized.record_audit(tx, AuditAction::ExhibitorDelete, before.id, Some(before.name), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
