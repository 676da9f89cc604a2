//! Organisation pages: `/new-organisation`, and `/my/{organisation}/profile`, `/products`, `/members`.
use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::actions::Member;
use crate::{
    locality_options::{current_localities, locality_options},
    page_context::{PageContext, render_page},
    select_options::{SelectOption, select},
};
use hoicho_core::values::ids::ProductId;
use hoicho_fair::{
    organisations::{
        self, LegalForm,
        store::{ContactRow, OrganisationRow},
    },
    products::{self, ProductGroup, store::ProductRow},
};
use hoicho_web::{
    http::Problem,
    identity::{
        OrganisationRole, Permit, RequestContext,
        invitations::{self, OfferedRole, OpenInvitation},
        members,
    },
};

#[derive(Template)]
#[template(path = "exhibitor/new.html")]
struct NewOrganisation {
    page: PageContext,
    legal_forms: Vec<SelectOption>,
    localities: Vec<SelectOption>,
}

/// Form for a new organisation.
#[get("/new-organisation")]
pub(super) async fn show_new_organisation(
    page: PageContext,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    page.require_user()?;
    let today = page.now.date();
    let rows = context.db.read(move |tx| current_localities(tx, today)).await?;
    let legal_forms = select::<LegalForm>(&page, "legal-form", Some(&LegalForm::CoOperative));
    let localities = locality_options(&page, rows, None);
    render_page(NewOrganisation { page, legal_forms, localities }).await
}

/// A row of the contacts form.
struct ContactLine {
    number: usize,
    name: String,
    phone: String,
    email: String,
}

#[derive(Template)]
#[template(path = "exhibitor/profile.html")]
struct Profile {
    page: PageContext,
    organisation: OrganisationRow,
    tax_code: String,
    legal_forms: Vec<SelectOption>,
    localities: Vec<SelectOption>,
    contacts: Vec<ContactLine>,
}

/// Form for name, legal form, locality and contacts.
#[get("/my/{organisation}/profile")]
pub(super) async fn show_profile(page: PageContext, permit: Permit<Member>) -> Result<HttpResponse, Problem> {
    let today = page.now.date();
    let data = permit.read(move |tx, authorized| {
        let organisation = organisations::store::find(tx, authorized.organisation()?)?;
        let contacts = organisations::store::find_contacts(tx, organisation.id)?;
        Ok((current_localities(tx, today)?, contacts, organisation))
    });
    let (rows, contacts, organisation) = data.await?;
    let legal_forms = select(&page, "legal-form", Some(&organisation.legal_form));
    let localities = locality_options(&page, rows, organisation.locality_code.as_deref());
    // Existing contacts plus one empty row.
    let line = |number: usize| {
        let row: Option<&ContactRow> = contacts.get(number);
        let text = |field: fn(&ContactRow) -> Option<&String>| row.and_then(field).cloned().unwrap_or_default();
        ContactLine {
            number,
            name: row.map(|r| r.name.clone()).unwrap_or_default(),
            phone: text(|r| r.phone.as_ref()),
            email: text(|r| r.email.as_ref()),
        }
    };
    let contacts = (0..=contacts.len().min(19)).map(line).collect();
    let tax_code = organisation.tax_code.clone().unwrap_or_default();
    render_page(Profile { page, organisation, tax_code, legal_forms, localities, contacts }).await
}

#[derive(Template)]
#[template(path = "exhibitor/products.html")]
struct Products {
    page: PageContext,
    organisation: OrganisationRow,
    products: Vec<ProductRow>,
    product_groups: Vec<SelectOption>,
}

/// Products of an organisation.
#[get("/my/{organisation}/products")]
pub(super) async fn show_products(page: PageContext, permit: Permit<Member>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let organisation = organisations::store::find(tx, authorized.organisation()?)?;
        Ok((products::store::page(tx, organisation.id, None, 500)?, organisation))
    });
    let (products, organisation) = data.await?;
    let product_groups = select::<ProductGroup>(&page, "product-group", None);
    render_page(Products { page, organisation, products, product_groups }).await
}

#[derive(Template)]
#[template(path = "exhibitor/product.html")]
struct Product {
    page: PageContext,
    organisation: OrganisationRow,
    product: ProductRow,
    product_groups: Vec<SelectOption>,
    stars: Vec<SelectOption>,
    number: String,
    expires: String,
}

/// Form for a product.
#[get("/my/{organisation}/products/{product}")]
pub(super) async fn show_product(
    page: PageContext,
    permit: Permit<Member>,
    path: web::Path<(hoicho_core::values::ids::OrganisationId, ProductId)>,
) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let data = permit.read(move |tx, authorized| {
        let organisation = organisations::store::find(tx, authorized.organisation()?)?;
        Ok((products::store::find(tx, organisation.id, id)?, organisation))
    });
    let (product, organisation) = data.await?;
    let product_groups = select(&page, "product-group", Some(&product.product_group));
    let star = |n: i32| SelectOption::new(n, page.t_count("stars", n), product.stars == Some(n));
    let stars = std::iter::once(SelectOption::none(page.t("product-no-stars"))).chain((1..=5).map(star)).collect();
    let number = product.certificate_number.clone().unwrap_or_default();
    let expires = product.certificate_expires_on.map(|day| day.to_string()).unwrap_or_default();
    render_page(Product { page, organisation, product, product_groups, stars, number, expires }).await
}

#[derive(Template)]
#[template(path = "exhibitor/members.html")]
struct Members {
    page: PageContext,
    organisation: OrganisationRow,
    members: Vec<members::Member<OrganisationRole>>,
    invitations: Vec<OpenInvitation>,
    roles: Vec<SelectOption>,
    is_owner: bool,
}

/// Members and open invitations.
#[get("/my/{organisation}/members")]
pub(super) async fn show_members(page: PageContext, permit: Permit<Member>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let organisation = organisations::store::find(tx, authorized.organisation()?)?;
        let members = members::list_of_organisation(tx, organisation.id)?;
        let open = invitations::list_open(
            tx,
            OfferedRole::Organisation(organisation.id, OrganisationRole::Staff),
            authorized.now,
        )?;
        let is_owner = members.iter().any(|m| Some(m.user) == authorized.user && m.role == OrganisationRole::Owner);
        Ok((organisation, members, open, is_owner))
    });
    let (organisation, members, invitations, is_owner) = data.await?;
    let roles = select::<OrganisationRole>(&page, "organisation-role", Some(&OrganisationRole::Staff));
    render_page(Members { page, organisation, members, invitations, roles, is_owner }).await
}
