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
use hoicho_web::identity::RequestContext;
use hoicho_web::{
    http::Problem,
    identity::{
        ExhibitorRole, Permit,
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

fn locality_options(s: &PageContext, rows: Vec<(String, String)>, selected: Option<&str>) -> Vec<SelectOption> {
    let rows = rows.into_iter().map(|(code, name)| {
        let chosen = Some(code.as_str()) == selected;
        SelectOption::new(code, name, chosen)
    });
    std::iter::once(SelectOption::none(s.t("locality-elsewhere"))).chain(rows).collect()
}

#[derive(Template)]
#[template(path = "exhibitor/new.html")]
struct NewExhibitor {
    s: PageContext,
    forms: Vec<SelectOption>,
    localities: Vec<SelectOption>,
}

/// Form for a new exhibitor.
#[get("/new-exhibitor")]
pub(super) async fn show_new_exhibitor(
    s: PageContext,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    s.require_user()?;
    let today = s.now.date();
    let rows = context.db.read(move |tx| current_localities(tx, today)).await?;
    let forms = select::<LegalForm>(&s, "legal-form", Some(&LegalForm::CoOperative));
    let localities = locality_options(&s, rows, None);
    render_page(&NewExhibitor { s, forms, localities })
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
    s: PageContext,
    exhibitor: ExhibitorRow,
    tax_code: String,
    forms: Vec<SelectOption>,
    localities: Vec<SelectOption>,
    contacts: Vec<ContactLine>,
}

/// Form for name, legal form, locality and contacts.
#[get("/my/{exhibitor}/profile")]
pub(super) async fn show_profile(s: PageContext, permit: Permit<Member>) -> Result<HttpResponse, Problem> {
    let today = s.now.date();
    let data = permit.read(move |tx, granted| {
        let exhibitor = exhibitors::store::find(tx, granted.exhibitor()?)?;
        let contacts = exhibitors::store::find_contacts(tx, exhibitor.id)?;
        Ok((current_localities(tx, today)?, contacts, exhibitor))
    });
    let (rows, contacts, exhibitor) = data.await?;
    let forms = select(&s, "legal-form", Some(&exhibitor.legal_form));
    let localities = locality_options(&s, rows, exhibitor.locality_code.as_deref());
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
    render_page(&Profile { s, exhibitor, tax_code, forms, localities, contacts })
}

#[derive(Template)]
#[template(path = "exhibitor/products.html")]
struct Products {
    s: PageContext,
    exhibitor: ExhibitorRow,
    products: Vec<ProductRow>,
    groups: Vec<SelectOption>,
}

/// Products of an exhibitor.
#[get("/my/{exhibitor}/products")]
pub(super) async fn show_products(s: PageContext, permit: Permit<Member>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, granted| {
        let exhibitor = exhibitors::store::find(tx, granted.exhibitor()?)?;
        Ok((products::store::page(tx, exhibitor.id, None, 500)?, exhibitor))
    });
    let (products, exhibitor) = data.await?;
    let groups = select::<ProductGroup>(&s, "product-group", None);
    render_page(&Products { s, exhibitor, products, groups })
}

#[derive(Template)]
#[template(path = "exhibitor/product.html")]
struct Product {
    s: PageContext,
    exhibitor: ExhibitorRow,
    product: ProductRow,
    groups: Vec<SelectOption>,
    stars: Vec<SelectOption>,
    number: String,
    expires: String,
}

/// Form for a product.
#[get("/my/{exhibitor}/products/{product}")]
pub(super) async fn show_product(
    s: PageContext,
    permit: Permit<Member>,
    path: web::Path<(hoicho_core::values::ids::ExhibitorId, ProductId)>,
) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let data = permit.read(move |tx, granted| {
        let exhibitor = exhibitors::store::find(tx, granted.exhibitor()?)?;
        Ok((products::store::find(tx, exhibitor.id, id)?, exhibitor))
    });
    let (product, exhibitor) = data.await?;
    let groups = select(&s, "product-group", Some(&product.product_group));
    let star = |n: i32| SelectOption::new(n, s.count("stars", n), product.stars == Some(n));
    let stars = std::iter::once(SelectOption::none(s.t("product-no-stars"))).chain((1..=5).map(star)).collect();
    let number = product.certificate_number.clone().unwrap_or_default();
    let expires = product.certificate_expires_on.map(|day| day.to_string()).unwrap_or_default();
    render_page(&Product { s, exhibitor, product, groups, stars, number, expires })
}

#[derive(Template)]
#[template(path = "exhibitor/members.html")]
struct Members {
    s: PageContext,
    exhibitor: ExhibitorRow,
    members: Vec<members::Member<ExhibitorRole>>,
    invitations: Vec<OpenInvitation>,
    roles: Vec<SelectOption>,
    is_owner: bool,
}

impl Members {
    fn role(&self, role: &str) -> String {
        self.s.of("exhibitor-role", role)
    }
}

/// Members and open invitations.
#[get("/my/{exhibitor}/members")]
pub(super) async fn show_members(s: PageContext, permit: Permit<Member>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, granted| {
        let exhibitor = exhibitors::store::find(tx, granted.exhibitor()?)?;
        let members = members::list_of_exhibitor(tx, exhibitor.id)?;
        let open = invitations::list_open(tx, OfferedRole::Exhibitor(exhibitor.id, ExhibitorRole::Staff), granted.now)?;
        let is_owner = members.iter().any(|m| Some(m.user) == granted.user && m.role == ExhibitorRole::Owner);
        Ok((exhibitor, members, open, is_owner))
    });
    let (exhibitor, members, invitations, is_owner) = data.await?;
    let roles = select::<ExhibitorRole>(&s, "exhibitor-role", Some(&ExhibitorRole::Staff));
    render_page(&Members { s, exhibitor, members, invitations, roles, is_owner })
}
