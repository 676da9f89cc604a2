//! `/exhibitors/{exhibitor}/contacts`.
use actix_web::{HttpResponse, get, put};
use serde::{Deserialize, Serialize};

use super::{
    super::store::{self, ContactRow},
    actions::{ManageExhibitor, ReadExhibitorDetails},
};
use hoicho_core::{
    i18n::MessageId,
    values::ids::{ContactId, ExhibitorId},
};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Code, FieldCode, Items, Problem, Validator, etag, etag::IfMatch},
    identity::{Permit, validate_email},
};

/// A contact person; a phone number or an e-mail address is required.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Contact {
    /// 1 to 200 characters.
    name: String,
    /// Digits, spaces, `+`, `-`, `.` and brackets: 6 to 30 characters.
    phone: Option<String>,
    email: Option<String>,
}

fn view(row: ContactRow) -> Contact {
    Contact { name: row.name, phone: row.phone, email: row.email }
}

/// Lists the contacts of an exhibitor, for its members and the organisers it applied to.
#[utoipa::path(
    get,
    path = "/api/v1/exhibitors/{exhibitor}/contacts",
    tag = "exhibitors",
    params(("exhibitor" = ExhibitorId, Path)),
    responses(
        (status = 200, body = Items<Contact>),
        (status = 404),
    ),
)]
#[get("/exhibitors/{exhibitor}/contacts")]
pub(super) async fn get_contacts(permit: Permit<ReadExhibitorDetails>) -> Result<HttpResponse, Problem> {
    let (version, rows) = permit
        .read(|tx, authorized| {
            let exhibitor = store::find(tx, authorized.exhibitor()?)?;
            Ok((exhibitor.version, store::find_contacts(tx, exhibitor.id)?))
        })
        .await?;
    let items = rows.into_iter().map(view).collect::<Vec<_>>();
    Ok(HttpResponse::Ok().insert_header(etag::header(version)).json(Items { items }))
}

/// Replaces the contacts of an exhibitor; at most 20.
#[utoipa::path(
    put,
    path = "/api/v1/exhibitors/{exhibitor}/contacts",
    tag = "exhibitors",
    params(
        ("exhibitor" = ExhibitorId, Path),
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
#[put("/exhibitors/{exhibitor}/contacts")]
pub(super) async fn put_contacts(
    permit: Permit<ManageExhibitor>,
    if_match: IfMatch,
    body: Body<Vec<Contact>>,
) -> Result<ApiResponse, Problem> {
    let list = body.into_result()?;
    let mut checks = Validator::default();
    checks.require(list.len() <= 20, "", FieldCode::Length, MessageId("error-contact-list-length"));
    let mut contacts = Vec::new();
    for (i, contact) in list.into_iter().take(21).enumerate() {
        let pointer = |field: &str| format!("/{i}/{field}");
        let phone = contact.phone.map(|p| checks.require_text(&pointer("phone"), &p, 30));
        let is_phone_char = |c: char| c.is_ascii_digit() || " +-.()".contains(c);
        checks.require(
            phone.as_ref().is_none_or(|p| p.len() >= 6 && p.chars().all(is_phone_char)),
            &pointer("phone"),
            FieldCode::Phone,
            MessageId("error-invalid-phone"),
        );
        let email = contact.email.map(|e| validate_email(&mut checks, &pointer("email"), &e));
        checks.require(
            phone.is_some() || email.is_some(),
            &pointer("phone"),
            FieldCode::Missing,
            MessageId("error-contact-address-required"),
        );
        contacts.push((checks.require_text(&pointer("name"), &contact.name, 200), phone, email));
    }
    checks.finish()?;
    permit
        .write(move |tx, authorized| {
            let exhibitor = store::find(tx, authorized.exhibitor()?)?;
            if_match.check_if_sent(Some(exhibitor.version))?;
            let before: Vec<_> = store::find_contacts(tx, exhibitor.id)?.into_iter().map(view).collect();
            let row = |(name, phone, email)| ContactRow {
                id: ContactId::make(),
                exhibitor_id: exhibitor.id,
                name,
                phone,
                email,
            };
            let rows: Vec<_> = contacts.into_iter().map(row).collect();
            store::replace_contacts(tx, exhibitor.id, &rows)?;
            let next = store::ExhibitorRow { version: exhibitor.version + 1, ..exhibitor.clone() };
            if !store::update(tx, &next, exhibitor.version)? {
                return Err(Code::StaleVersion.into());
            }
            let items: Vec<_> = rows.into_iter().map(view).collect();
            authorized.record_audit(tx, AuditAction::ExhibitorContacts, exhibitor.id, Some(&before), Some(&items))?;
            Ok(ApiResponse::ok(&Items { items })?.with_version(next.version))
        })
        .await
}
