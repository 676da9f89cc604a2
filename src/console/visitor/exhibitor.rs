//! `/exhibitors/{exhibitor}`: one exhibitor with its products.
use actix_web::{HttpResponse, get};
use askama::Template;

use super::store::{self, PublicExhibitor, PublicProduct};
use crate::{
    console::shell::{Shell, page},
    editions::EditionState,
    http::Problem,
    identity::View,
};

#[derive(Template)]
#[template(path = "visitor/exhibitor.html")]
struct Exhibitor {
    s: Shell,
    exhibitor: PublicExhibitor,
    products: Vec<PublicProduct>,
    stood: Vec<(String, String, EditionState, String)>,
}

impl Exhibitor {
    fn is_good(&self, product: &PublicProduct) -> bool {
        product.certificate.is_some() && product.expires_on.is_some_and(|day| day >= self.s.now.date())
    }
}

/// An exhibitor: what it sells, and where it stands or stood.
#[get("/exhibitors/{exhibitor}")]
pub(super) async fn show_exhibitor(s: Shell, permit: View) -> Result<HttpResponse, Problem> {
    let found = permit.read(|tx, granted| {
        let id = granted.exhibitor()?;
        Ok((store::exhibitor(tx, id)?, store::products_of(tx, id)?, store::stood_at(tx, id)?))
    });
    let (exhibitor, products, stood) = found.await?;
    page(&Exhibitor { s, exhibitor, products, stood })
}
