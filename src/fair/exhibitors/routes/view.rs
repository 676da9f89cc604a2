//! JSON view of an exhibitor.
use serde::Serialize;

use super::super::{
    contacts::Contact,
    store::{self, ExhibitorRow},
};
use crate::organisations::LegalForm;
use hoicho_core::{
    db::Tx,
    values::ids::{ExhibitorId, OrganisationId},
};
use hoicho_web::http::Problem;

/// An organiser's record of somebody who takes part in its fairs.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ExhibitorView {
    /// Made by the server; sorts by creation.
    pub id: ExhibitorId,
    /// Public once it has a confirmed booth.
    pub name: String,
    /// Public once it has a confirmed booth.
    pub legal_form: LegalForm,
    /// With its check digit; `null` if unknown. Never public.
    pub tax_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Code from `/localities`; `null` if the locality is known by name only.
    pub locality_code: Option<String>,
    /// Name of the locality.
    pub locality: String,
    /// For the organiser's staff; `null` if there are none.
    pub notes: Option<String>,
    /// The organiser's tags, without duplicates.
    pub tags: Vec<String>,
    /// People whom the organiser reaches by phone, Zalo or e-mail.
    pub contacts: Vec<Contact>,
    /// The organisation it is linked with.
    pub organisation: Option<OrganisationId>,
    /// When the organisation confirmed the link, RFC 3339 in UTC; `null` without a link.
    #[schema(value_type = Option<String>)]
    pub linked_at: Option<chrono::DateTime<chrono::Utc>>,
    /// The record that it was merged into.
    pub merged_into: Option<ExhibitorId>,
    /// For `If-Match`: `"v…"`.
    pub version: i32,
}

/// Views of exhibitors with their contacts and tags.
pub(super) fn views(tx: &mut Tx<'_>, rows: Vec<ExhibitorRow>) -> Result<Vec<ExhibitorView>, Problem> {
    let ids: Vec<ExhibitorId> = rows.iter().map(|row| row.id).collect();
    let (mut contacts, mut tags) = (store::find_contacts_of(tx, &ids)?, store::find_tags_of(tx, &ids)?);
    let view = |row: ExhibitorRow| ExhibitorView {
        contacts: contacts.remove(&row.id).unwrap_or_default().into_iter().map(Contact::from).collect(),
        tags: tags.remove(&row.id).unwrap_or_default(),
        id: row.id,
        name: row.name,
        legal_form: row.legal_form,
        tax_code: row.tax_code,
        country: row.country,
        locality_code: row.locality_code,
        locality: row.locality,
        notes: row.notes,
        organisation: row.organisation_id,
        linked_at: row.linked_at.map(|at| at.and_utc()),
        merged_into: row.merged_into_id,
        version: row.version,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// View of an exhibitor with its contacts and tags.
pub(super) fn view(tx: &mut Tx<'_>, row: ExhibitorRow) -> Result<ExhibitorView, Problem> {
    views(tx, vec![row])?.pop().ok_or_else(|| hoicho_web::http::Code::Internal.into())
}
