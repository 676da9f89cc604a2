//! `/exhibitors/{exhibitor}`: public page of an exhibitor.
use actix_web::{HttpResponse, get};
use askama::Template;

use super::store::{self, PublicExhibitor, PublicProduct};
use crate::page_context::{PageContext, render_page};
use hoicho_fair::{editions::store::EditionRow, partners::exhibitor_linked_data};
use hoicho_web::{http::Problem, identity::ReadPermit};

/// Max products named in the description.
const MAX_DESCRIBED_PRODUCTS: usize = 6;

#[derive(Template)]
#[template(path = "visitor/exhibitor.html")]
struct Exhibitor {
    page: PageContext,
    exhibitor: PublicExhibitor,
    products: Vec<PublicProduct>,
    booth_history: Vec<(EditionRow, String)>,
    description: String,
    linked_data: String,
}

impl Exhibitor {
    fn has_valid_certificate(&self, product: &PublicProduct) -> bool {
        product.certificate.is_some() && product.expires_on.is_some_and(|day| day >= self.page.now.date())
    }
}

/// Shows the products of an exhibitor, and its current and past booths.
#[get("/exhibitors/{exhibitor}")]
pub(super) async fn show_exhibitor(page: PageContext, permit: ReadPermit) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let id = authorized.exhibitor()?;
        Ok((store::exhibitor(tx, id)?, store::products_of(tx, id)?, store::booth_history(tx, id)?))
    });
    let (exhibitor, products, booth_history) = data.await?;
    let url = page.canonical();
    let product_groups: Vec<_> = products.iter().map(|p| (p.name.as_str(), p.group)).collect();
    let names: Vec<&str> = product_groups.iter().take(MAX_DESCRIBED_PRODUCTS).map(|(name, _)| *name).collect();
    let description = match names.as_slice() {
        [] => page.t_with2("exhibitor-description", "name", &exhibitor.name, "locality", &exhibitor.locality),
        names => format!("{}, {}: {}", exhibitor.name, exhibitor.locality, names.join(", ")),
    };
    let PublicExhibitor { name, locality, country, .. } = &exhibitor;
    let linked_data = exhibitor_linked_data(name, locality, country, &product_groups, &description, &url);
    render_page(Exhibitor { page, exhibitor, products, booth_history, description, linked_data }).await
}
