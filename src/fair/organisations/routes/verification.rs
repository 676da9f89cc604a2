//! `/organisations/{organisation}/tax-code-verification`, for platform admins.
use actix_web::{delete, put, web};
use serde::Deserialize;

use super::{
    super::store::{self, OrganisationRow},
    organisation::{OrganisationView, view},
};
use hoicho_core::{db::Tx, i18n::MessageId, values::ids::OrganisationId};
use hoicho_web::{
    audit::{self, AuditAction},
    http::{
        ApiResponse, Body, Code, FieldCode, Problem, Validator,
        limits::{CodeText, NameText},
    },
    identity::{SignedIn, authorize_admin},
};

/// The paper that proves a tax code.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct VerifyTaxCode {
    /// The tax code on the paper; it must be the one that the organisation claims.
    #[schema(value_type = CodeText)]
    tax_code: String,
    /// What was seen: `Giấy chứng nhận đăng ký HTX số …`; 1 to 200 characters.
    #[schema(value_type = NameText)]
    paper: String,
}

type OrganisationPath = web::Path<OrganisationId>;

/// Others get 404, whatever they send.
async fn require_admin(caller: &SignedIn) -> Result<(), Problem> {
    let (user, needs_second_factor) = (caller.user_session(), caller.context.admins_need_second_factor);
    match caller.context.db.read(move |tx| authorize_admin(tx, user, needs_second_factor)).await? {
        true => Ok(()),
        false => Err(Code::NotFound.into()),
    }
}

/// Writes the next version of an organisation with its verification, for a platform admin; others get 404.
async fn set_verified(
    caller: SignedIn,
    id: OrganisationId,
    paper: Option<(String, String)>,
) -> Result<ApiResponse, Problem> {
    let (in_session, user, now) = (caller.user_session(), caller.user, caller.now);
    let needs_second_factor = caller.context.admins_need_second_factor;
    let work = move |tx: &mut Tx<'_>| {
        if !authorize_admin(tx, in_session, needs_second_factor)? {
            return Err(Code::NotFound.into());
        }
        let before = store::find(tx, id)?;
        let mut checks = Validator::default();
        checks.require(
            paper.as_ref().is_none_or(|(code, _)| before.tax_code.as_ref() == Some(code)),
            "/tax_code",
            FieldCode::TaxCode,
            MessageId("error-tax-code-differs"),
        );
        checks.finish()?;
        let tax_code_verified_at = paper.as_ref().map(|_| now);
        let row = OrganisationRow { tax_code_verified_at, version: before.version + 1, ..before.clone() };
        if !store::update(tx, &row, before.version)? {
            return Err(Code::StaleVersion.into());
        }
        let entry = audit::Entry {
            organiser: None,
            edition: None,
            actor: Some(user),
            api_key: None,
            on_behalf_of: None,
            action: AuditAction::OrganisationVerify,
            subject: id.to_string(),
            before: None,
            after: paper,
            at: now,
        };
        audit::record(tx, entry)?;
        let version = row.version;
        Ok(ApiResponse::ok(&view(row, true))?.with_version(version))
    };
    caller.write_once(work).await
}

/// Records that staff of the platform saw a paper that proves the tax code. Another organisation with the same verified code is
/// a conflict.
///
/// Platform admins, with a second factor if the settings require it; others get 404. Refused with 409 `already_exists` if the
/// code is verified for another organisation, and 422 `invalid` if it is not the one that this organisation claims.
#[utoipa::path(
    put,
    path = "/api/v1/organisations/{organisation}/tax-code-verification",
    tag = "organisations",
    security(("session" = [])),
    params(("organisation" = OrganisationId, Path)),
    request_body = VerifyTaxCode,
    responses(
        (status = 200, body = OrganisationView),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[put("/organisations/{organisation}/tax-code-verification")]
pub(super) async fn verify_tax_code(
    caller: SignedIn,
    id: OrganisationPath,
    body: Body<VerifyTaxCode>,
) -> Result<ApiResponse, Problem> {
    require_admin(&caller).await?;
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let tax_code = checks.require_text::<CodeText>("/tax_code", &body.tax_code);
    let paper = checks.require_text::<NameText>("/paper", &body.paper);
    checks.finish()?;
    set_verified(caller, id.into_inner(), Some((tax_code, paper))).await
}

/// Withdraws the verification of a tax code.
///
/// Platform admins; others get 404. The organisation keeps the tax code as a claim. No error if it was not verified.
#[utoipa::path(
    delete,
    path = "/api/v1/organisations/{organisation}/tax-code-verification",
    tag = "organisations",
    security(("session" = [])),
    params(("organisation" = OrganisationId, Path)),
    responses(
        (status = 200, body = OrganisationView),
        (status = 404),
    ),
)]
#[delete("/organisations/{organisation}/tax-code-verification")]
pub(super) async fn withdraw_verification(caller: SignedIn, id: OrganisationPath) -> Result<ApiResponse, Problem> {
    set_verified(caller, id.into_inner(), None).await
}
