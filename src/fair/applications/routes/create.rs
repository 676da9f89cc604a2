//! `POST /editions/{edition}/applications`.
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
    /// Other needs as free text; 1 to 2,000 characters.
    needs: Option<String>,
    /// Allocation runs assign only booths with it; default false.
    #[serde(default)]
    needs_power: bool,
    #[serde(default)]
    needs_water: bool,
    #[serde(default)]
    needs_corner: bool,
    /// Best first; at most 20.
    #[serde(default)]
    wishes: Vec<Wish>,
    /// Products to be sold; at most 100.
    #[serde(default)]
    products: Vec<ProductId>,
}

pub(super) fn check_wanted(checks: &mut Checks, booths_wanted: i32) {
    checks.that((1..=100).contains(&booths_wanted), "/booths_wanted", "range", Said("it-must-be-1-to-100-booths"));
}

/// Creates a draft application for an exhibitor the caller is a member of, while registration is open.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/applications", tag = "applications", params(("edition" = String, Path)), request_body = CreateApplication, responses((status = 201, body = ApplicationView), (status = 404), (status = 409), (status = 422)))]
#[post("/editions/{edition}/applications")]
pub(super) async fn create_application(permit: Contribute, body: Body<CreateApplication>) -> Result<Answer, Problem> {
    let body = body.get()?;
    let mut checks = Checks::default();
    check_wanted(&mut checks, body.booths_wanted);
    wishes::check(&mut checks, &body.wishes, &body.products);
    let needs = body.needs.map(|n| checks.text("/needs", &n, 2_000));
    checks.done()?;
    permit
        .once(move |tx, granted, user| {
            member_of(tx, user, body.exhibitor)?;
            let edition = editions::store::open_for_change(tx, granted.edition()?)?;
            if edition.state != EditionState::RegistrationOpen {
                return Err(closed());
            }
            let row = ApplicationRow {
                id: ApplicationId::make(),
                edition_id: edition.id,
                exhibitor_id: body.exhibitor,
                state: ApplicationState::Draft,
                booths_wanted: body.booths_wanted,
                category: body.category,
                needs,
                needs_power: body.needs_power,
                needs_water: body.needs_water,
                needs_corner: body.needs_corner,
                reason: None,
                waitlisted_at: None,
                version: 1,
                created_at: granted.now,
            };
            store::insert(tx, std::slice::from_ref(&row))?;
            wishes::put(tx, edition.id, row.id, &body.wishes)?;
            wishes::put_products(tx, body.exhibitor, row.id, &body.products)?;
            let view = whole(tx, row)?;
            granted.audit(tx, "application.create", view.id, None, Some(&view))?;
            Ok(Answer::created(&view)?.version(1))
        })
        .await
}
