//! `POST /editions/{edition}/applications`.
use actix_web::post;
use serde::Deserialize;

use super::{
    super::{
        store::{self, ApplicationRow},
        transition::registration_closed,
        wishes::{self, MAX_BOOTHS_WANTED, Wish},
    },
    view::{ApplicationView, view_with_wishes},
};
use crate::{editions, floor::BoothCategory};
use hoicho_core::{
    i18n::MessageId,
    states::{ApplicationState, EditionState},
    values::ids::{ApplicationId, ExhibitorId, ProductId},
};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, FieldCode, Problem, Validator},
    identity::{ContributePermit, require_exhibitor_role},
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

pub(super) fn validate_booths_wanted(checks: &mut Validator, booths_wanted: i32) {
    checks.require(
        (1..=MAX_BOOTHS_WANTED).contains(&booths_wanted),
        "/booths_wanted",
        FieldCode::Range,
        MessageId("error-booths-wanted-range").with_number("max", MAX_BOOTHS_WANTED),
    );
}

/// Creates a draft application for an exhibitor the caller is a member of, while registration is open.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/applications",
    tag = "applications",
    params(("edition" = String, Path)),
    request_body = CreateApplication,
    responses(
        (status = 201, body = ApplicationView),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/applications")]
pub(super) async fn create_application(
    permit: ContributePermit,
    body: Body<CreateApplication>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    validate_booths_wanted(&mut checks, body.booths_wanted);
    wishes::validate(&mut checks, &body.wishes, &body.products);
    let needs = body.needs.map(|n| checks.require_text("/needs", &n, 2_000));
    checks.finish()?;
    permit
        .write_once(move |tx, authorized, user| {
            require_exhibitor_role(tx, user, body.exhibitor)?;
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            if edition.state != EditionState::RegistrationOpen {
                return Err(registration_closed());
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
                created_at: authorized.now,
            };
            store::insert(tx, std::slice::from_ref(&row))?;
            wishes::replace_wishes(tx, edition.id, row.id, &body.wishes)?;
            wishes::replace_products(tx, body.exhibitor, row.id, &body.products)?;
            let view = view_with_wishes(tx, row)?;
            authorized.record_audit(tx, AuditAction::ApplicationCreate, view.id, None, Some(&view))?;
            Ok(ApiResponse::created(&view)?.with_version(1))
        })
        .await
}
