//! The caller's own account.
use actix_web::{HttpResponse, get, patch};
use serde::{Deserialize, Serialize};

use super::super::{SignedIn, UserSession, roles::*, store};
use crate::{
    audit::AuditAction,
    http::{Body, Problem, Validator, limits::NameText, patch::deserialize_present},
};
use hoicho_core::{
    db::Tx,
    i18n::Language,
    values::ids::{EditionId, OrganisationId, OrganiserId, UserId},
};

#[derive(Serialize, utoipa::ToSchema)]
struct OrganiserMembership {
    /// The organiser.
    organiser: OrganiserId,
    /// The caller's role with it.
    role: OrganiserRole,
    /// The only edition for which the role counts.
    edition: Option<EditionId>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct OrganisationMembership {
    /// The organisation.
    organisation: OrganisationId,
    /// The caller's role with it.
    role: OrganisationRole,
}

/// The caller's own account.
#[derive(Serialize, utoipa::ToSchema)]
struct MeView {
    /// Identifier of the account; never changes.
    id: UserId,
    /// Address with which the caller logs in, verified.
    email: String,
    /// Name that the caller chose: 1 to 200 characters.
    display_name: String,
    /// Language of e-mails.
    language: Language,
    /// Whether the caller is an admin of the platform.
    is_admin: bool,
    /// Roles with organisers, also those that do not count without a second factor.
    organisers: Vec<OrganiserMembership>,
    /// Roles with organisations.
    organisations: Vec<OrganisationMembership>,
}

fn view(tx: &mut Tx<'_>, in_session: UserSession) -> Result<MeView, Problem> {
    let user = in_session.user;
    let account = store::find_account(tx, user)?;
    Ok(MeView {
        id: user,
        email: account.email,
        display_name: account.display_name,
        language: account.language,
        is_admin: account.is_admin,
        organisers: store::list_organiser_memberships(tx, in_session)?
            .into_iter()
            .map(|m| OrganiserMembership { organiser: m.organiser_id, role: m.role, edition: m.edition_id })
            .collect(),
        organisations: store::list_organisation_roles(tx, user)?
            .into_iter()
            .map(|(organisation, role)| OrganisationMembership { organisation, role })
            .collect(),
    })
}

/// The caller's account and roles.
///
/// Every logged-in person; API keys get 401 `login_required`.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, body = MeView),
        (status = 401),
    ),
)]
#[get("/me")]
pub(super) async fn get_me(caller: SignedIn) -> Result<HttpResponse, Problem> {
    let user = caller.user_session();
    Ok(HttpResponse::Ok().json(caller.context.db.read(move |tx| view(tx, user)).await?))
}

/// Fields to change; absent fields stay as they are.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchMe {
    /// 1 to 200 characters; others see it.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<NameText>)]
    display_name: Option<String>,
    /// Language of e-mails.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    language: Option<Language>,
}

/// Changes the caller's name or language.
///
/// Every logged-in person. The e-mail address cannot be changed.
#[utoipa::path(
    patch,
    path = "/api/v1/me",
    tag = "auth",
    security(("session" = [])),
    request_body = PatchMe,
    responses(
        (status = 200, body = MeView),
        (status = 401),
        (status = 422),
    ),
)]
#[patch("/me")]
pub(super) async fn patch_me(caller: SignedIn, body: Body<PatchMe>) -> Result<HttpResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let display_name = body.display_name.map(|name| checks.require_text::<NameText>("/display_name", &name));
    checks.finish()?;
    let (in_session, user, now) = (caller.user_session(), caller.user, caller.now);
    let view = caller.context.db.write(move |tx| {
        let before = store::find_account(tx, user)?;
        let name = display_name.unwrap_or_else(|| before.display_name.clone());
        let language = body.language.unwrap_or(before.language);
        store::set_profile(tx, user, &name, language)?;
        let (old, new) = ((&before.display_name, before.language), (&name, language));
        super::account::record_audit(tx, user, AuditAction::UserChange, Some(old), Some(new), now)?;
        view(tx, in_session)
    });
    Ok(HttpResponse::Ok().json(view.await?))
}
