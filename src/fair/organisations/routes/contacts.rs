//! `/organisations/{organisation}/contacts`.
use actix_web::{HttpResponse, get, put};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        contact::{self, MAX_CONTACTS},
        store::{self, ContactRow},
    },
    actions::{ManageOrganisation, ReadContacts},
};
use hoicho_core::values::ids::{ContactId, OrganisationId};
use hoicho_web::{
    audit::AuditAction,
    http::{
        ApiResponse, Body, Code, Items, Problem, Validator,
        etag::{self, IfMatch},
        limits::NameText,
    },
    identity::Permit,
};

/// A contact person of an organisation; a phone number or an e-mail address is required.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrganisationContact)]
struct Contact {
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    name: String,
    /// As people write it; Vietnamese without a country code. Stored and returned in E.164: `+84912345678`.
    phone: Option<String>,
    /// At most 254 characters; returned in lower case.
    email: Option<String>,
}

fn view(row: ContactRow) -> Contact {
    Contact { name: row.name, phone: row.phone, email: row.email }
}

/// Lists the contacts of an organisation, for its members and the organisers it is linked with.
///
/// Members, and staff other than gate staff of the organisers it is linked with. The `ETag` is that of the organisation.
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{organisation}/contacts",
    tag = "organisations",
    security(("session" = [])),
    params(("organisation" = OrganisationId, Path)),
    responses(
        (status = 200, body = Items<Contact>),
        (status = 404),
    ),
)]
#[get("/organisations/{organisation}/contacts")]
pub(super) async fn get_contacts(permit: Permit<ReadContacts>) -> Result<HttpResponse, Problem> {
    let (version, rows) = permit
        .read(|tx, authorized| {
            let organisation = store::find(tx, authorized.organisation()?)?;
            Ok((organisation.version, store::find_contacts(tx, organisation.id)?))
        })
        .await?;
    let items = rows.into_iter().map(view).collect::<Vec<_>>();
    Ok(HttpResponse::Ok().insert_header(etag::header(version)).json(Items { items }))
}

/// Replaces the contacts of an organisation; at most 20.
///
/// Owners of the organisation; `If-Match` with the version of the organisation is optional.
#[utoipa::path(
    put,
    path = "/api/v1/organisations/{organisation}/contacts",
    tag = "organisations",
    security(("session" = [])),
    params(
        ("organisation" = OrganisationId, Path),
        ("If-Match" = Option<String>, Header),
    ),
    request_body = Vec<Contact>,
    responses(
        (status = 200, body = Items<Contact>),
        (status = 404),
        (status = 412),
        (status = 422),
    ),
)]
#[put("/organisations/{organisation}/contacts")]
pub(super) async fn put_contacts(
    permit: Permit<ManageOrganisation>,
    if_match: IfMatch,
    body: Body<Vec<Contact>>,
) -> Result<ApiResponse, Problem> {
    let list = body.into_result()?;
    let mut checks = Validator::default();
    contact::validate_length(&mut checks, list.len());
    let mut contacts = Vec::new();
    for (i, entry) in list.into_iter().take(MAX_CONTACTS).enumerate() {
        let pointer = |field: &str| format!("/{i}/{field}");
        let phone = entry.phone.map(|p| contact::validate_phone(&mut checks, &pointer("phone"), &p));
        let email = entry.email.map(|e| contact::validate_address(&mut checks, &pointer("email"), &e));
        contact::require_way(&mut checks, &pointer("phone"), phone.is_some() || email.is_some());
        contacts.push((checks.require_text::<NameText>(&pointer("name"), &entry.name), phone, email));
    }
    checks.finish()?;
    permit
        .write(move |tx, authorized| {
            let organisation = store::find(tx, authorized.organisation()?)?;
            if_match.check_if_sent(Some(organisation.version))?;
            let before: Vec<_> = store::find_contacts(tx, organisation.id)?.into_iter().map(view).collect();
            let row = |(name, phone, email)| ContactRow {
                id: ContactId::make(),
                organisation_id: organisation.id,
                name,
                phone,
                email,
            };
            let rows: Vec<_> = contacts.into_iter().map(row).collect();
            store::replace_contacts(tx, organisation.id, &rows)?;
            let next = store::OrganisationRow { version: organisation.version + 1, ..organisation.clone() };
            if !store::update(tx, &next, organisation.version)? {
                return Err(Code::StaleVersion.into());
            }
            let items: Vec<_> = rows.into_iter().map(view).collect();
            authorized.record_audit(
                tx,
                AuditAction::OrganisationContacts,
                organisation.id,
                Some(&before),
                Some(&items),
            )?;
            Ok(ApiResponse::ok(&Items { items })?.with_version(next.version))
        })
        .await
}
