//! Organisation pages: `/new-exhibitor`, and `/my/{exhibitor}/profile`, `/products`, `/members`.
use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::actions::Member;
use crate::{
    page_context::{PageContext, render_page},
    select_options::{SelectOption, select},
};
use hoicho_core::{
    db::Tx,
    values::{clock::Day, ids::ProductId},
};
use hoicho_fair::{
    exhibitors::{
        self, LegalForm,
        store::{ContactRow, ExhibitorRow},
    },
    localities,
    products::{self, ProductGroup, store::ProductRow},
};
use hoicho_web::{
    http::Problem,
    identity::{
        ExhibitorRole, Permit, RequestContext,
        invitations::{self, OfferedRole, OpenInvitation},
        members,
    },
};

/// Currently valid localities, in Vietnamese collation order.
fn current_localities(tx: &mut Tx<'_>, today: Day) -> Result<Vec<(String, String)>, Problem> {
    let filter = localities::store::LocalityFilter { valid_on: Some(today), ..Default::default() };
    let mut rows = localities::store::list_page(tx, &filter, "", 5_000)?;
    rows.sort_by(|a, b| hoicho_core::i18n::collation::compare_names(&a.name, &b.name));
    Ok(rows.into_iter().map(|l| (l.code, l.name)).collect())
}

fn locality_options(page: &PageContext, rows: Vec<(String, String)>, selected: Option<&str>) -> Vec<SelectOption> {
    let rows = rows.into_iter().map(|(code, name)| {
        let chosen = Some(code.as_str()) == selected;
        SelectOption::new(code, name, chosen)
    });
    std::iter::once(SelectOption::none(page.t("locality-elsewhere"))).chain(rows).collect()
}

#[derive(Template)]
#[template(path = "exhibitor/new.html")]
struct NewExhibitor {
    page: PageContext,
    legal_forms: Vec<SelectOption>,
    localities: Vec<SelectOption>,
}

/// Form for a new exhibitor.
#[get("/new-exhibitor")]
pub(super) async fn show_new_exhibitor(
    page: PageContext,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    page.require_user()?;
    let today = page.now.date();
    let rows = context.db.read(move |tx| current_localities(tx, today)).await?;
    let legal_forms = select::<LegalForm>(&page, "legal-form", Some(&LegalForm::CoOperative));
    let localities = locality_options(&page, rows, None);
    render_page(&NewExhibitor { page, legal_forms, localities })
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
    exhibitor: ExhibitorRow,
    tax_code: String,
    legal_forms: Vec<SelectOption>,
    localities: Vec<SelectOption>,
    contacts: Vec<ContactLine>,
}

/// Form for name, legal form, locality and contacts.
#[get("/my/{exhibitor}/profile")]
pub(super) async fn show_profile(page: PageContext, permit: Permit<Member>) -> Result<HttpResponse, Problem> {
    let today = page.now.date();
    let data = permit.read(move |tx, authorized| {
        let exhibitor = exhibitors::store::find(tx, authorized.exhibitor()?)?;
        let contacts = exhibitors::store::find_contacts(tx, exhibitor.id)?;
        Ok((current_localities(tx, today)?, contacts, exhibitor))
    });
    let (rows, contacts, exhibitor) = data.await?;
    let legal_forms = select(&page, "legal-form", Some(&exhibitor.legal_form));
    let localities = locality_options(&page, rows, exhibitor.locality_code.as_deref());
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
    let tax_code = exhibitor.tax_code.clone().unwrap_or_default();
    render_page(&Profile { page, exhibitor, tax_code, legal_forms, localities, contacts })
}

#[derive(Template)]
#[template(path = "exhibitor/products.html")]
struct Products {
    page: PageContext,
    exhibitor: ExhibitorRow,
    products: Vec<ProductRow>,
    product_groups: Vec<SelectOption>,
}

/// Products of an exhibitor.
#[get("/my/{exhibitor}/products")]
pub(super) async fn show_products(page: PageContext, permit: Permit<Member>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let exhibitor = exhibitors::store::find(tx, authorized.exhibitor()?)?;
        Ok((products::store::page(tx, exhibitor.id, None, 500)?, exhibitor))
    });
    let (products, exhibitor) = data.await?;
    let product_groups = select::<ProductGroup>(&page, "product-group", None);
    render_page(&Products { page, exhibitor, products, product_groups })
}

#[derive(Template)]
#[template(path = "exhibitor/product.html")]
struct Product {
    page: PageContext,
    exhibitor: ExhibitorRow,
    product: ProductRow,
    product_groups: Vec<SelectOption>,
    stars: Vec<SelectOption>,
    number: String,
    expires: String,
}

/// Form for a product.
#[get("/my/{exhibitor}/products/{product}")]
pub(super) async fn show_product(
    page: PageContext,
    permit: Permit<Member>,
    path: web::Path<(hoicho_core::values::ids::ExhibitorId, ProductId)>,
) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let data = permit.read(move |tx, authorized| {
        let exhibitor = exhibitors::store::find(tx, authorized.exhibitor()?)?;
        Ok((products::store::find(tx, exhibitor.id, id)?, exhibitor))
    });
    let (product, exhibitor) = data.await?;
    let product_groups = select(&page, "product-group", Some(&product.product_group));
    let star = |n: i32| SelectOption::new(n, page.t_count("stars", n), product.stars == Some(n));
    let stars = std::iter::once(SelectOption::none(page.t("product-no-stars"))).chain((1..=5).map(star)).collect();
    let number = product.certificate_number.clone().unwrap_or_default();
    let expires = product.certificate_expires_on.map(|day| day.to_string()).unwrap_or_default();
    render_page(&Product { page, exhibitor, product, product_groups, stars, number, expires })
}

#[derive(Template)]
#[template(path = "exhibitor/members.html")]
struct Members {
    page: PageContext,
    exhibitor: ExhibitorRow,
    members: Vec<members::Member<ExhibitorRole>>,
    invitations: Vec<OpenInvitation>,
    roles: Vec<SelectOption>,
    is_owner: bool,
}

/// Members and open invitations.
#[get("/my/{exhibitor}/members")]
pub(super) async fn show_members(page: PageContext, permit: Permit<Member>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let exhibitor = exhibitors::store::find(tx, authorized.exhibitor()?)?;
        let members = members::list_of_exhibitor(tx, exhibitor.id)?;
        let open =
            invitations::list_open(tx, OfferedRole::Exhibitor(exhibitor.id, ExhibitorRole::Staff), authorized.now)?;
        let is_owner = members.iter().any(|m| Some(m.user) == authorized.user && m.role == ExhibitorRole::Owner);
        Ok((exhibitor, members, open, is_owner))
    });
    let (exhibitor, members, invitations, is_owner) = data.await?;
    let roles = select::<ExhibitorRole>(&page, "exhibitor-role", Some(&ExhibitorRole::Staff));
    render_page(&Members { page, exhibitor, members, invitations, roles, is_owner })
}
