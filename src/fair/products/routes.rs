//! `/organisations/{organisation}/products`.
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use serde::{Deserialize, Serialize};

use super::{
    ProductGroup, is_valid_expiry,
    store::{self, ProductRow},
};
use hoicho_core::{
    i18n::MessageId,
    values::{
        clock::Day,
        ids::{OrganisationId, ProductId},
        text,
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{
        ApiResponse, Body, Code, FieldCode, Problem, Query, Validator,
        etag::{self, IfMatch},
        limits::{CertificateNumberText, NameText},
        pagination::{Page, PageQuery},
        patch::deserialize_present,
    },
    identity::{Action, ExhibitorsScope, OrganisationRole, OrganiserRole, Permit, ReadPermit},
};

/// OpenAPI operations of products.
#[derive(utoipa::OpenApi)]
#[openapi(paths(create_product, list_products, get_product, patch_product, delete_product))]
pub struct ApiDoc;

/// Registers the handlers.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(create_product).service(list_products).service(get_product);
    cfg.service(patch_product).service(delete_product);
}

struct ManageProducts;
impl Action for ManageProducts {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const ORGANISATION: &'static [OrganisationRole] = OrganisationRole::ALL;
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateProduct {
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    name: String,
    /// Its group of the OCOP programme; zones may require one.
    product_group: ProductGroup,
    /// 1 to 5.
    #[schema(value_type = Option<Stars>)]
    stars: Option<i32>,
    /// Requires at least 3 stars and an expiry date; 1 to 100 characters.
    #[schema(value_type = Option<CertificateNumberText>)]
    certificate_number: Option<String>,
    /// Last day the certificate is valid; at most 36 months from today.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    certificate_expires_on: Option<Day>,
}

/// A product.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProductView {
    /// Made by the server; sorts by creation.
    id: ProductId,
    /// 1 to 200 characters.
    name: String,
    /// Its group of the OCOP programme.
    product_group: ProductGroup,
    /// OCOP stars, 1 to 5; `null` if it has none.
    stars: Option<i32>,
    /// Number of the OCOP certificate; `null` without one.
    certificate_number: Option<String>,
    /// Last day on which the certificate is valid, which may have passed; `null` without one.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    certificate_expires_on: Option<Day>,
    /// For `If-Match`: `"v…"`.
    version: i32,
}

impl From<ProductRow> for ProductView {
    fn from(row: ProductRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            product_group: row.product_group,
            stars: row.stars,
            certificate_number: row.certificate_number,
            certificate_expires_on: row.certificate_expires_on,
            version: row.version,
        }
    }
}

fn view(row: ProductRow) -> ProductView {
    row.into()
}

hoicho_web::number_ranges! {
    /// Stars of a product.
    Stars i32 1..=5,
}

/// Validates stars and certificate against each other.
pub fn validate(row: &ProductRow, today: Day) -> Result<(), Problem> {
    let mut checks = Validator::default();
    checks.require(
        row.stars.is_none_or(|s| Stars::RANGE.contains(&s)),
        "/stars",
        FieldCode::Range,
        MessageId("error-stars-range"),
    );
    checks.require(
        row.certificate_number.is_some() == row.certificate_expires_on.is_some(),
        "/certificate_expires_on",
        FieldCode::Missing,
        MessageId("error-certificate-incomplete"),
    );
    checks.require(
        row.certificate_number.is_none() || row.stars.is_some_and(|s| s >= 3),
        "/certificate_number",
        FieldCode::Stars,
        MessageId("error-certificate-stars"),
    );
    checks.require(
        row.certificate_expires_on.is_none_or(|on| is_valid_expiry(on, today)),
        "/certificate_expires_on",
        FieldCode::Range,
        MessageId("error-certificate-expiry-range"),
    );
    checks.finish()
}

/// Creates a product.
///
/// Members of the organisation, whatever their role. An edition shows it if the exhibitor's application names it, or names no
/// product at all.
#[utoipa::path(
    post,
    path = "/api/v1/organisations/{organisation}/products",
    tag = "organisations",
    security(("session" = [])),
    params(("organisation" = OrganisationId, Path)),
    request_body = CreateProduct,
    responses(
        (status = 201, body = ProductView),
        (status = 404),
        (status = 422),
    ),
)]
#[post("/organisations/{organisation}/products")]
async fn create_product(permit: Permit<ManageProducts>, body: Body<CreateProduct>) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let name = checks.require_text::<NameText>("/name", &body.name);
    let certificate_number =
        body.certificate_number.map(|n| checks.require_text::<CertificateNumberText>("/certificate_number", &n));
    checks.finish()?;
    permit
        .write_once(move |tx, authorized| {
            let row = ProductRow {
                id: ProductId::make(),
                organisation_id: authorized.organisation()?,
                name_search: text::normalize_for_search(&name),
                name,
                product_group: body.product_group,
                stars: body.stars,
                certificate_number,
                certificate_expires_on: body.certificate_expires_on,
                version: 1,
                created_at: authorized.now,
            };
            validate(&row, authorized.now.date())?;
            store::insert(tx, std::slice::from_ref(&row))?;
            let view = view(row);
            authorized.record_audit(tx, AuditAction::ProductCreate, view.id, None, Some(&view))?;
            let path = format!("/organisations/{}/products/{}", authorized.organisation()?, view.id);
            Ok(ApiResponse::created(&path, &view)?.with_version(1))
        })
        .await
}

/// Lists the products of an organisation, in order of creation.
///
/// Members, staff other than gate staff of linked organisers, and their API keys with `read:exhibitors`. Everybody once the
/// organisation has a confirmed booth at an edition that is not a draft.
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{organisation}/products",
    tag = "organisations",
    security((), ("session" = []), ("api_key" = ["read:exhibitors"])),
    params(
        ("organisation" = OrganisationId, Path),
        PageQuery,
    ),
    responses(
        (status = 200, body = Page<ProductView>),
        (status = 404),
    ),
)]
#[get("/organisations/{organisation}/products")]
async fn list_products(
    req: HttpRequest,
    permit: ReadPermit<ExhibitorsScope>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_result()?;
    let (limit, after) = (query.limit()?, query.decode_id_cursor()?);
    let rows =
        permit.read(move |tx, authorized| Ok(store::page(tx, authorized.organisation()?, after, limit + 1)?)).await?;
    let views = rows.into_iter().map(view).collect();
    Ok(Page::from_rows(views, limit, |v: &ProductView| v.id.to_string()).into_response(&req))
}

type ProductPath = web::Path<(OrganisationId, ProductId)>;

/// Returns a product.
///
/// Members, staff other than gate staff of linked organisers, and their API keys with `read:exhibitors`. Everybody once the
/// organisation has a confirmed booth at an edition that is not a draft.
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{organisation}/products/{product}",
    tag = "organisations",
    security((), ("session" = []), ("api_key" = ["read:exhibitors"])),
    params(
        ("organisation" = OrganisationId, Path),
        ("product" = ProductId, Path),
    ),
    responses(
        (status = 200, body = ProductView),
        (status = 404),
    ),
)]
#[get("/organisations/{organisation}/products/{product}")]
async fn get_product(permit: ReadPermit<ExhibitorsScope>, path: ProductPath) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let row = permit.read(move |tx, authorized| Ok(store::find(tx, authorized.organisation()?, id)?)).await?;
    Ok(HttpResponse::Ok().insert_header(etag::header(row.version)).json(view(row)))
}

/// Fields to change; `null` clears a value.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchProduct {
    /// 1 to 200 characters.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<NameText>)]
    name: Option<String>,
    /// Its group of the OCOP programme.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    product_group: Option<ProductGroup>,
    /// OCOP stars, 1 to 5; at least 3 with a certificate. `null` removes them.
    #[schema(value_type = Option<Stars>)]
    #[serde(default, deserialize_with = "deserialize_present")]
    stars: Option<Option<i32>>,
    /// 1 to 100 characters; requires at least 3 stars and an expiry date. `null` removes it.
    #[schema(value_type = Option<CertificateNumberText>)]
    #[serde(default, deserialize_with = "deserialize_present")]
    certificate_number: Option<Option<String>>,
    /// Last day on which it is valid; at most 36 months from today. `null` removes it.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    #[serde(default, deserialize_with = "deserialize_present")]
    certificate_expires_on: Option<Option<Day>>,
}

/// Updates a product.
///
/// Members of the organisation, whatever their role; requires `If-Match`. Lists of exhibitors show the change at once, also at
/// past editions; frozen figures do not.
#[utoipa::path(
    patch,
    path = "/api/v1/organisations/{organisation}/products/{product}",
    tag = "organisations",
    security(("session" = [])),
    params(
        ("organisation" = OrganisationId, Path),
        ("product" = ProductId, Path),
        ("If-Match" = String, Header),
    ),
    request_body = PatchProduct,
    responses(
        (status = 200, body = ProductView),
        (status = 404),
        (status = 412),
        (status = 422),
    ),
)]
#[patch("/organisations/{organisation}/products/{product}")]
async fn patch_product(
    permit: Permit<ManageProducts>,
    path: ProductPath,
    if_match: IfMatch,
    body: Body<PatchProduct>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let name = body.name.map(|n| checks.require_text::<NameText>("/name", &n));
    let number = body
        .certificate_number
        .map(|n| n.map(|n| checks.require_text::<CertificateNumberText>("/certificate_number", &n)));
    checks.finish()?;
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let before = store::find(tx, authorized.organisation()?, id)?;
            if_match.check(before.version)?;
            let mut row = ProductRow { version: before.version + 1, ..before.clone() };
            if let Some(name) = name {
                row.name_search = text::normalize_for_search(&name);
                row.name = name;
            }
            row.product_group = body.product_group.unwrap_or(row.product_group);
            row.stars = body.stars.unwrap_or(row.stars);
            row.certificate_number = number.unwrap_or(row.certificate_number);
            row.certificate_expires_on = body.certificate_expires_on.unwrap_or(row.certificate_expires_on);
            validate(&row, authorized.now.date())?;
            if !store::update(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            let (before, after) = (view(before), view(row));
            authorized.record_audit(tx, AuditAction::ProductChange, id, Some(&before), Some(&after))?;
            Ok(ApiResponse::ok(&after)?.with_version(after.version))
        })
        .await
}

/// Deletes a product that no application references.
///
/// Members of the organisation, whatever their role; requires `If-Match`. Refused with 409 `in_use` while an application names
/// it.
#[utoipa::path(
    delete,
    path = "/api/v1/organisations/{organisation}/products/{product}",
    tag = "organisations",
    security(("session" = [])),
    params(
        ("organisation" = OrganisationId, Path),
        ("product" = ProductId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
        (status = 412),
    ),
)]
#[delete("/organisations/{organisation}/products/{product}")]
async fn delete_product(
    permit: Permit<ManageProducts>,
    path: ProductPath,
    if_match: IfMatch,
) -> Result<ApiResponse, Problem> {
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let before = store::find(tx, authorized.organisation()?, id)?;
            if_match.check(before.version)?;
            store::delete(tx, id)?;
            authorized.record_audit(tx, AuditAction::ProductDelete, id, Some(view(before)), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
