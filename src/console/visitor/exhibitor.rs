//! `/exhibitors/{exhibitor}`: public page of an exhibitor.
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;

use super::store::{self, PublicExhibitor, PublicProduct};
use crate::page_context::{PageContext, render_page};
use hoicho_fair::{editions::store::EditionRow, partners::exhibitor_linked_data};
use hoicho_web::{
    http::Problem,
    identity::{ReadPermit, RequestContext},
};

#[derive(Template)]
#[template(path = "visitor/exhibitor.html")]
struct Exhibitor {
    page: PageContext,
    exhibitor: PublicExhibitor,
    products: Vec<PublicProduct>,
    booth_history: Vec<(EditionRow, String)>,
    linked_data: String,
}

impl Exhibitor {
    fn has_valid_certificate(&self, product: &PublicProduct) -> bool {
        product.certificate.is_some() && product.expires_on.is_some_and(|day| day >= self.page.now.date())
    }
}

/// Shows the products of an exhibitor, and its current and past booths.
#[get("/exhibitors/{exhibitor}")]
pub(super) async fn show_exhibitor(
    req: HttpRequest,
    page: PageContext,
    permit: ReadPermit,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let id = authorized.exhibitor()?;
        Ok((store::exhibitor(tx, id)?, store::products_of(tx, id)?, store::booth_history(tx, id)?))
    });
    let (exhibitor, products, booth_history) = data.await?;
    let url = format!("{}{}", context.base_url(&req), req.path());
    let product_groups: Vec<_> = products.iter().map(|p| (p.name.as_str(), p.group)).collect();
    let linked_data =
        exhibitor_linked_data(&exhibitor.name, &exhibitor.locality, &exhibitor.country, &product_groups, &url);
    render_page(Exhibitor { page, exhibitor, products, booth_history, linked_data }).await
}
