//! Beginning an application.
use actix_web::post;
use serde::Deserialize;

use super::{
    super::{
        lifecycle::ApplicationState,
        step::closed,
        store::{self, ApplicationRow},
        wishes::{self, Wish},
    },
    view::{ApplicationView, whole},
};
use crate::{
    editions::{self, EditionState},
    floor::BoothCategory,
};
use hoicho_core::{
    i18n::Said,
    values::ids::{ApplicationId, ExhibitorId, ProductId},
};
use hoicho_web::{
    http::{Answer, Body, Checks, Problem},
    identity::{Contribute, member_of},
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateApplication {
    exhibitor: ExhibitorId,
    /// 1 to 100.
    booths_wanted: i32,
    category: BoothCategory,
    /// Power, water, a corner: 1 to 2,000 characters.
    needs: Option<String>,
    /// A round gives no booth without it; no unless told.
    #[serde(default)]
    needs_power: bool,
    #[serde(default)]
    needs_water: bool,
    #[serde(default)]
    needs_corner: bool,
    /// Best first; at most 20.
    #[serde(default)]
    wishes: Vec<Wish>,
    /// What will be sold; at most 100.
    #[serde(default)]
    products: Vec<ProductId>,
}

pub(super) fn check_wanted(checks: &mut Checks, booths_wanted: i32) {
    checks.that((1..=100).contains(&booths_wanted), "/booths_wanted", "range", Said("it-must-be-1-to-100-booths"));
}

/// Begins an application for one's exhibitor, as a draft, while registration is open.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/applications", tag = "applications", params(("edition" = String, Path)), request_body = CreateApplication, responses((status = 201, body = ApplicationView), (status = 404), (status = 409), (status = 422)))]
#[post("/editions/{edition}/applications")]
pub(super) async fn create_application(permit: Contribute, body: Body<CreateApplication>) -> Result<Answer, Problem> {
    let asked = body.get()?;
    let mut checks = Checks::default();
    check_wanted(&mut checks, asked.booths_wanted);
    wishes::check(&mut checks, &asked.wishes, &asked.products);
    let needs = asked.needs.map(|n| checks.text("/needs", &n, 2_000));
    checks.done()?;
    permit
        .once(move |tx, granted, user| {
            member_of(tx, user, asked.exhibitor)?;
            let edition = editions::store::open_for_change(tx, granted.edition()?)?;
            if edition.state != EditionState::RegistrationOpen {
                return Err(closed());
            }
            let row = ApplicationRow {
                id: ApplicationId::make(),
                edition_id: edition.id,
                exhibitor_id: asked.exhibitor,
                state: ApplicationState::Draft,
                booths_wanted: asked.booths_wanted,
                category: asked.category,
                needs,
                needs_power: asked.needs_power,
                needs_water: asked.needs_water,
                needs_corner: asked.needs_corner,
                reason: None,
                waitlisted_at: None,
                version: 1,
                created_at: granted.now,
            };
            store::insert(tx, std::slice::from_ref(&row))?;
            wishes::put(tx, edition.id, row.id, &asked.wishes)?;
            wishes::put_products(tx, asked.exhibitor, row.id, &asked.products)?;
            let view = whole(tx, row)?;
            granted.audit(tx, "application.create", view.id, None, Some(&view))?;
            Ok(Answer::created(&view)?.version(1))
        })
        .await
}
