//! `/exhibitors/{exhibitor}/contacts`.
use actix_web::{HttpResponse, get, put};
use serde::{Deserialize, Serialize};

use super::{
    super::store::{self, ContactRow},
    Change, SeeInside,
};
use hoicho_core::{
    i18n::Said,
    values::ids::{ContactId, ExhibitorId},
};
use hoicho_web::{
    http::{Answer, Body, Checks, Code, Items, Problem, etag, etag::IfMatch},
    identity::{Permit, email},
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
#[utoipa::path(get, path = "/api/v1/exhibitors/{exhibitor}/contacts", tag = "exhibitors", params(("exhibitor" = ExhibitorId, Path)), responses((status = 200, body = Items<Contact>), (status = 404)))]
#[get("/exhibitors/{exhibitor}/contacts")]
pub(super) async fn get_contacts(permit: Permit<SeeInside>) -> Result<HttpResponse, Problem> {
    let (version, rows) = permit
        .read(|tx, granted| {
            let exhibitor = store::find(tx, granted.exhibitor()?)?;
            Ok((exhibitor.version, store::contacts_of(tx, exhibitor.id)?))
        })
        .await?;
    let items = rows.into_iter().map(view).collect::<Vec<_>>();
    Ok(HttpResponse::Ok().insert_header(etag::tag(version)).json(Items { items }))
}

/// Replaces the contacts of an exhibitor; at most 20.
#[utoipa::path(put, path = "/api/v1/exhibitors/{exhibitor}/contacts", tag = "exhibitors", params(("exhibitor" = ExhibitorId, Path), ("If-Match" = Option<String>, Header)), request_body = Vec<Contact>, responses((status = 200, body = Items<Contact>), (status = 404), (status = 412), (status = 422)))]
#[put("/exhibitors/{exhibitor}/contacts")]
pub(super) async fn put_contacts(
    permit: Permit<Change>,
    if_match: IfMatch,
    body: Body<Vec<Contact>>,
) -> Result<Answer, Problem> {
    let list = body.get()?;
    let mut checks = Checks::default();
    checks.that(list.len() <= 20, "", "length", Said("at-most-20-contacts"));
    let mut contacts = Vec::new();
    for (i, contact) in list.into_iter().take(21).enumerate() {
        let pointer = |field: &str| format!("/{i}/{field}");
        let phone = contact.phone.map(|p| checks.text(&pointer("phone"), &p, 30));
        let is_phone_char = |c: char| c.is_ascii_digit() || " +-.()".contains(c);
        checks.that(
            phone.as_ref().is_none_or(|p| p.len() >= 6 && p.chars().all(is_phone_char)),
            &pointer("phone"),
            "phone",
            Said("a-phone-number-has-digits-spaces-and"),
        );
        let email = contact.email.map(|e| email(&mut checks, &pointer("email"), &e));
        checks.that(
            phone.is_some() || email.is_some(),
            &pointer("phone"),
            "missing",
            Said("it-needs-a-phone-number-or-an"),
        );
        contacts.push((checks.text(&pointer("name"), &contact.name, 200), phone, email));
    }
    checks.done()?;
    permit
        .write(move |tx, granted| {
            let exhibitor = store::find(tx, granted.exhibitor()?)?;
            if_match.check_if_sent(Some(exhibitor.version))?;
            let before: Vec<_> = store::contacts_of(tx, exhibitor.id)?.into_iter().map(view).collect();
            let row = |(name, phone, email)| ContactRow {
                id: ContactId::make(),
                exhibitor_id: exhibitor.id,
                name,
                phone,
                email,
            };
            let rows: Vec<_> = contacts.into_iter().map(row).collect();
            store::put_contacts(tx, exhibitor.id, &rows)?;
            let next = store::ExhibitorRow { version: exhibitor.version + 1, ..exhibitor.clone() };
            if !store::replace(tx, &next, exhibitor.version)? {
                return Err(Code::StaleVersion.into());
            }
            let items: Vec<_> = rows.into_iter().map(view).collect();
            granted.audit(tx, "exhibitor.contacts", exhibitor.id, Some(&before), Some(&items))?;
            Ok(Answer::ok(&Items { items })?.version(next.version))
        })
        .await
}
