//! Products that an application shows: declared by name, or taken from the catalogue of the linked organisation.
use std::collections::BTreeSet;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    exhibitors::store::ExhibitorRow,
    products::{ProductGroup, Stars, store::ProductRow},
};
use hoicho_core::{
    db::{MAX_IDS_PER_STATEMENT, MAX_ROWS_PER_INSERT, Tx, schema::*},
    i18n::MessageId,
    on_either,
    values::{
        clock::Day,
        ids::{ApplicationId, ExhibitorId, ProductId},
    },
};
use hoicho_web::http::{
    FieldCode, Problem, Validator, etag,
    limits::{CertificateNumberText, NameText},
};

/// Max products per application.
pub const MAX_PRODUCTS: usize = 100;

/// Row of `application_products`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = application_products, treat_none_as_default_value = false)]
pub struct ApplicationProductRow {
    pub application_id: ApplicationId,
    /// From 1, in the order of the application.
    pub line: i32,
    pub name: String,
    pub product_group: ProductGroup,
    /// 1 to 5.
    pub declared_stars: Option<i32>,
    /// Requires at least 3 stars.
    pub certificate_number: Option<String>,
    /// Last day the certificate is valid.
    pub certificate_expires_on: Option<Day>,
    /// The product of the linked organisation that it was taken from.
    pub product_id: Option<ProductId>,
}

impl ApplicationProductRow {
    /// Tells its content from another one, because products have no version.
    pub fn digest(&self) -> String {
        let Self {
            name, product_group, declared_stars, certificate_number, certificate_expires_on, product_id, ..
        } = self;
        let content = format!(
            "{name:?} {product_group} {declared_stars:?} {certificate_number:?} {certificate_expires_on:?} {product_id:?}"
        );
        etag::digest(content.as_bytes())
    }
}

/// A product that is declared by name, without an entry in a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredProduct {
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    pub name: String,
    /// Its group of the OCOP programme; zones may require one.
    pub product_group: ProductGroup,
    /// 1 to 5.
    #[schema(value_type = Option<Stars>)]
    pub declared_stars: Option<i32>,
    /// Requires at least 3 stars and an expiry date; 1 to 100 characters.
    #[schema(value_type = Option<CertificateNumberText>)]
    pub certificate_number: Option<String>,
    /// Last day the certificate is valid.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    pub certificate_expires_on: Option<Day>,
}

/// Validates the products of an application, without database access; returns the declared ones with normalized texts.
pub fn validate(
    checks: &mut Validator,
    from_catalogue: &[ProductId],
    declared: Vec<DeclaredProduct>,
) -> Vec<DeclaredProduct> {
    let message = || MessageId("error-product-list-length").with_number("max", MAX_PRODUCTS);
    let is_distinct = from_catalogue.iter().collect::<BTreeSet<_>>().len() == from_catalogue.len();
    checks.require(is_distinct, "/products", FieldCode::Repeated, MessageId("error-duplicate-product"));
    checks.require(from_catalogue.len() <= MAX_PRODUCTS, "/products", FieldCode::Length, message());
    let fits = from_catalogue.len() + declared.len() <= MAX_PRODUCTS;
    checks.require(fits || declared.is_empty(), "/declared_products", FieldCode::Length, message());
    let valid = declared.into_iter().take(MAX_PRODUCTS).enumerate().map(|(i, product)| {
        let pointer = |field: &str| format!("/declared_products/{i}/{field}");
        validate_declared(checks, &product, &pointer);
        let number = product
            .certificate_number
            .map(|n| checks.require_text::<CertificateNumberText>(&pointer("certificate_number"), &n));
        DeclaredProduct {
            name: checks.require_text::<NameText>(&pointer("name"), &product.name),
            certificate_number: number,
            ..product
        }
    });
    valid.collect()
}

/// Validates stars and certificate of a declared product against each other.
pub fn validate_declared(checks: &mut Validator, product: &DeclaredProduct, pointer: &dyn Fn(&str) -> String) {
    let DeclaredProduct { declared_stars, certificate_number, certificate_expires_on, .. } = product;
    checks.require(
        declared_stars.is_none_or(|stars| Stars::RANGE.contains(&stars)),
        &pointer("declared_stars"),
        FieldCode::Range,
        MessageId("error-stars-range"),
    );
    checks.require(
        certificate_number.is_some() == certificate_expires_on.is_some(),
        &pointer("certificate_expires_on"),
        FieldCode::Missing,
        MessageId("error-certificate-incomplete"),
    );
    checks.require(
        certificate_number.is_none() || declared_stars.is_some_and(|stars| stars >= 3),
        &pointer("certificate_number"),
        FieldCode::Stars,
        MessageId("error-certificate-stars"),
    );
}

fn from_catalogue(application: ApplicationId, line: i32, product: ProductRow) -> ApplicationProductRow {
    ApplicationProductRow {
        application_id: application,
        line,
        name: product.name,
        product_group: product.product_group,
        declared_stars: product.stars,
        certificate_number: product.certificate_number,
        certificate_expires_on: product.certificate_expires_on,
        product_id: Some(product.id),
    }
}

/// Row of a declared product.
pub fn to_row(application: ApplicationId, line: i32, product: DeclaredProduct) -> ApplicationProductRow {
    ApplicationProductRow {
        application_id: application,
        line,
        name: product.name,
        product_group: product.product_group,
        declared_stars: product.declared_stars,
        certificate_number: product.certificate_number,
        certificate_expires_on: product.certificate_expires_on,
        product_id: None,
    }
}

/// Replaces the products of an application. Those of a catalogue must be of the organisation that the exhibitor is linked with.
pub fn replace(
    tx: &mut Tx<'_>,
    exhibitor: &ExhibitorRow,
    id: ApplicationId,
    catalogue: &[ProductId],
    declared: Vec<DeclaredProduct>,
) -> Result<(), Problem> {
    let existing: Vec<ProductRow> = match exhibitor.organisation_id {
        Some(organisation) => products::table
            .filter(products::organisation_id.eq(organisation))
            .filter(products::id.eq_any(catalogue))
            .select(ProductRow::as_select())
            .load(tx.conn())?,
        None => Vec::new(),
    };
    let (mut checks, mut rows) = (Validator::default(), Vec::new());
    for (line, product) in (1..).zip(catalogue) {
        let known = existing.iter().find(|row| row.id == *product);
        let message = MessageId("error-unknown-product");
        checks.require(known.is_some(), &format!("/products/{}", line - 1), FieldCode::Unknown, message);
        rows.extend(known.map(|known| from_catalogue(id, line, known.clone())));
    }
    checks.finish()?;
    let first = i32::try_from(rows.len()).unwrap_or_default() + 1;
    rows.extend((first..).zip(declared).map(|(line, product)| to_row(id, line, product)));
    diesel::delete(application_products::table.filter(application_products::application_id.eq(id)))
        .execute(tx.conn())?;
    Ok(insert(tx, &rows)?)
}

pub fn insert(tx: &mut Tx<'_>, rows: &[ApplicationProductRow]) -> QueryResult<()> {
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(application_products::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Products of an application: those of the catalogue, and the declared ones.
pub fn find(tx: &mut Tx<'_>, id: ApplicationId) -> QueryResult<(Vec<ProductId>, Vec<DeclaredProduct>)> {
    let rows: Vec<ApplicationProductRow> = application_products::table
        .filter(application_products::application_id.eq(id))
        .order(application_products::line)
        .select(ApplicationProductRow::as_select())
        .load(tx.conn())?;
    let (mut catalogue, mut declared) = (Vec::new(), Vec::new());
    for row in rows {
        match row.product_id {
            Some(product) => catalogue.push(product),
            None => declared.push(DeclaredProduct {
                name: row.name,
                product_group: row.product_group,
                declared_stars: row.declared_stars,
                certificate_number: row.certificate_number,
                certificate_expires_on: row.certificate_expires_on,
            }),
        }
    }
    Ok((catalogue, declared))
}

/// Line numbers and names of the products of applications.
pub fn find_names(tx: &mut Tx<'_>, applications: &[ApplicationId]) -> QueryResult<Vec<(ApplicationId, i32, String)>> {
    let mut names = Vec::new();
    for part in applications.chunks(MAX_IDS_PER_STATEMENT) {
        let rows: Vec<_> = application_products::table
            .filter(application_products::application_id.eq_any(part))
            .order((application_products::application_id, application_products::line))
            .select((application_products::application_id, application_products::line, application_products::name))
            .load(tx.conn())?;
        names.extend(rows);
    }
    Ok(names)
}

/// Separates the products of an exhibitor's applications from the catalogue they were taken from, when its link ends: they stay as
/// they were declared.
pub fn separate_from_catalogue(tx: &mut Tx<'_>, exhibitor: ExhibitorId) -> QueryResult<usize> {
    let of = applications::table.filter(applications::exhibitor_id.eq(exhibitor)).select(applications::id);
    diesel::update(application_products::table.filter(application_products::application_id.eq_any(of)))
        .set(application_products::product_id.eq(None::<ProductId>))
        .execute(tx.conn())
}
