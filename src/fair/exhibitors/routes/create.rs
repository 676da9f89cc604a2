//! `POST /organisers/{organiser}/exhibitors`.
use std::collections::BTreeSet;

use actix_web::post;
use serde::Deserialize;

use super::{
    super::{
        contacts::{self, Contact},
        create::create,
    },
    actions::ManageExhibitors,
    view::{ExhibitorView, view},
};
use crate::organisations::{LegalForm, profile::NewProfile};
use hoicho_core::{i18n::MessageId, values::ids::OrganiserId};
use hoicho_web::{
    http::{
        ApiResponse, Body, FieldCode, Problem, Validator,
        limits::{NameText, NotesText, TagText},
    },
    identity::Permit,
};

/// Max tags of an exhibitor.
const MAX_TAGS: usize = 20;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateExhibitor {
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    name: String,
    /// Decides which tax codes are valid; zones may require one.
    legal_form: LegalForm,
    /// 10 digits, the last a check digit, `-001` for a branch; 12 for a household business.
    tax_code: Option<String>,
    /// ISO 3166-1 alpha-2, upper case; default `VN`.
    country: Option<String>,
    /// Code from `/localities`; required unless `locality` is set.
    locality_code: Option<String>,
    /// Name of the locality; required unless `locality_code` is set, which takes precedence.
    #[schema(value_type = Option<NameText>)]
    locality: Option<String>,
    /// For the organiser's staff; 1 to 4,000 characters.
    #[schema(value_type = Option<NotesText>)]
    notes: Option<String>,
    /// At most 20 of 1 to 50 characters.
    #[schema(value_type = Vec<TagText>)]
    #[serde(default)]
    tags: Vec<String>,
    /// At most 20.
    #[serde(default)]
    contacts: Vec<Contact>,
}

/// Validates tags; returns them without duplicates.
pub(super) fn validate_tags(checks: &mut Validator, tags: Vec<String>) -> Vec<String> {
    let message = MessageId("error-tag-list-length").with_number("max", MAX_TAGS);
    checks.require(tags.len() <= MAX_TAGS, "/tags", FieldCode::Length, message);
    let tags = tags.into_iter().take(MAX_TAGS).enumerate();
    let tags: BTreeSet<String> =
        tags.map(|(i, tag)| checks.require_text::<TagText>(&format!("/tags/{i}"), &tag)).collect();
    tags.into_iter().collect()
}

/// Creates a record. It opens nothing of anybody's account: an organisation with the same tax code, phone number or address stays
/// as it is, and sees nothing of the record.
///
/// Owners and managers of the organiser. Records with the same tax code are allowed: `/duplicates` lists what may be the same.
/// Nobody is notified.
#[utoipa::path(
    post,
    path = "/api/v1/organisers/{organiser}/exhibitors",
    tag = "exhibitors",
    security(("session" = [])),
    params(("organiser" = OrganiserId, Path)),
    request_body = CreateExhibitor,
    responses(
        (status = 201, body = ExhibitorView),
        (status = 403),
        (status = 404),
        (status = 422),
    ),
)]
#[post("/organisers/{organiser}/exhibitors")]
pub(super) async fn create_exhibitor(
    permit: Permit<ManageExhibitors>,
    body: Body<CreateExhibitor>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let CreateExhibitor { name, legal_form, tax_code, country, locality_code, locality, .. } = body;
    let mut checks = Validator::default();
    let new = NewProfile { name, legal_form, tax_code, country, locality_code, locality }.validate(&mut checks);
    let notes = body.notes.map(|n| checks.require_text::<NotesText>("/notes", &n));
    let tags = validate_tags(&mut checks, body.tags);
    let contacts = contacts::validate(&mut checks, "/contacts", body.contacts);
    checks.finish()?;
    permit
        .write_once(move |tx, authorized| {
            let profile = new.resolve(tx, authorized.now)?;
            let row = create(tx, &authorized, profile, notes, (contacts, &tags))?;
            let path = format!("/organisers/{}/exhibitors/{}", row.organiser_id, row.id);
            Ok(ApiResponse::created(&path, &view(tx, row)?)?.with_version(1))
        })
        .await
}
