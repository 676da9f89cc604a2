//! `POST /editions/{edition}/applications`.
use actix_web::post;
use serde::Deserialize;

use super::{
    super::{
        products::{self, DeclaredProduct},
        store::{self, ApplicationRow},
        transition::registration_closed,
        wishes::{self, BoothsWanted, Wish},
    },
    view::{ApplicationView, view_with_wishes},
};
use crate::{editions, exhibitors, floor::BoothCategory, organisations};
use hoicho_core::{
    i18n::MessageId,
    states::ApplicationState,
    values::ids::{ApplicationId, ExhibitorId, OrganisationId, ProductId},
};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Code, FieldCode, Problem, Validator, limits::NeedsText},
    identity::{ContributePermit, OrganiserRole, require_organisation_role},
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateApplication {
    /// A member applies: the organisation. Its record with the organiser is the linked one, or is created.
    organisation: Option<OrganisationId>,
    /// Staff applies on behalf of an exhibitor: a record of the organiser.
    exhibitor: Option<ExhibitorId>,
    /// 1 to 100.
    #[schema(value_type = BoothsWanted)]
    booths_wanted: i32,
    /// Wished category of the booths.
    category: BoothCategory,
    /// Other needs as free text; 1 to 2,000 characters.
    #[schema(value_type = Option<NeedsText>)]
    needs: Option<String>,
    /// Allocation runs assign only booths with it; default false.
    #[serde(default)]
    needs_power: bool,
    /// Allocation runs assign only booths with running water; default false.
    #[serde(default)]
    needs_water: bool,
    /// Allocation runs assign only corner booths; default false.
    #[serde(default)]
    needs_corner: bool,
    /// Best first; at most 20.
    #[serde(default)]
    wishes: Vec<Wish>,
    /// Products to be sold, of the catalogue of the linked organisation; at most 100 together with the declared ones.
    #[serde(default)]
    products: Vec<ProductId>,
    /// Products to be sold, by name.
    #[serde(default)]
    declared_products: Vec<DeclaredProduct>,
}

pub(super) fn validate_booths_wanted(checks: &mut Validator, booths_wanted: i32) {
    checks.require(
        BoothsWanted::RANGE.contains(&booths_wanted),
        "/booths_wanted",
        FieldCode::Range,
        MessageId("error-booths-wanted-range").with_number("max", *BoothsWanted::RANGE.end()),
    );
}

/// Creates an application. With `organisation`: a draft of an organisation the caller is a member of, while registration is
/// open. When it is submitted, its name, legal form, tax code and locality become a record of the organiser, which is linked with the
/// organisation; until then the organiser sees nothing of it. With
/// `exhibitor`: an application that staff enters on behalf of an exhibitor, submitted at once, also after registration.
///
/// Members of the organisation, or owners and managers of the organiser with `exhibitor`. Refused with 409 `illegal_step` outside
/// registration (members) or for a record that was merged, `already_exists` if the exhibitor has an application for the edition,
/// and `edition_finalised`. No e-mail is sent.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/applications",
    tag = "applications",
    security(("session" = [])),
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
    wishes::validate(&mut checks, "/wishes", &body.wishes);
    let declared = products::validate(&mut checks, &body.products, body.declared_products);
    checks.require(
        body.organisation.is_some() != body.exhibitor.is_some(),
        "/organisation",
        FieldCode::Missing,
        MessageId("error-organisation-or-exhibitor"),
    );
    let needs = body.needs.map(|n| checks.require_text::<NeedsText>("/needs", &n));
    checks.finish()?;
    permit
        .write_once(move |tx, authorized, user| {
            let (authorized, exhibitor, state) = match body.exhibitor {
                Some(id) => {
                    let authorized = authorized.require_staff(tx, OrganiserRole::MANAGERS, id)?;
                    let exhibitor = exhibitors::store::find_for_share(tx, authorized.organiser()?, id)?;
                    (authorized, exhibitor, ApplicationState::Submitted)
                }
                None => {
                    let organisation = body.organisation.ok_or(Code::Internal)?;
                    require_organisation_role(tx, user, organisation)?;
                    let organisation = organisations::store::find(tx, organisation)?;
                    let exhibitor = exhibitors::create::find_or_create_own(tx, &authorized, &organisation)?;
                    (authorized.as_private(), exhibitor, ApplicationState::Draft)
                }
            };
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            if state == ApplicationState::Draft && !edition.accepts_applications(authorized.now) {
                return Err(registration_closed());
            }
            exhibitors::store::require_unmerged(&exhibitor)?;
            let row = ApplicationRow {
                id: ApplicationId::make(),
                organiser_id: edition.organiser_id,
                edition_id: edition.id,
                exhibitor_id: exhibitor.id,
                state,
                booths_wanted: body.booths_wanted,
                category: body.category,
                needs,
                needs_power: body.needs_power,
                needs_water: body.needs_water,
                needs_corner: body.needs_corner,
                reason: None,
                waitlisted_at: None,
                submitted_at: (state == ApplicationState::Submitted).then_some(authorized.now),
                version: 1,
                created_at: authorized.now,
            };
            store::insert(tx, std::slice::from_ref(&row))?;
            wishes::replace_wishes(tx, edition.id, row.id, &body.wishes)?;
            products::replace(tx, &exhibitor, row.id, &body.products, declared)?;
            let view = view_with_wishes(tx, row)?;
            authorized.record_audit(tx, AuditAction::ApplicationCreate, view.id, None, Some(&view))?;
            Ok(ApiResponse::created(&format!("/applications/{}", view.id), &view)?.with_version(1))
        })
        .await
}
