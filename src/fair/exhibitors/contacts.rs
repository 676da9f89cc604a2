//! Contacts of exhibitors: people whom the organiser reaches by phone, Zalo or e-mail.
use std::collections::BTreeSet;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::organisations::contact::{self, MAX_CONTACTS};
use hoicho_core::{
    db::schema::exhibitor_contacts,
    i18n::{Language, MessageId},
    values::ids::{ContactId, ExhibitorId},
};
use hoicho_web::http::{FieldCode, Validator, etag, limits::NameText};

/// Row of `exhibitor_contacts`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = exhibitor_contacts, treat_none_as_default_value = false)]
pub struct ContactRow {
    pub id: ContactId,
    pub exhibitor_id: ExhibitorId,
    pub name: String,
    /// E.164.
    pub phone: Option<String>,
    /// E.164.
    pub zalo: Option<String>,
    /// In lower case.
    pub email: Option<String>,
    pub language: Language,
}

impl ContactRow {
    /// Its phone numbers.
    pub fn numbers(&self) -> impl Iterator<Item = &str> {
        self.phone.as_deref().into_iter().chain(self.zalo.as_deref())
    }

    /// Tells its content from another one, because contacts have no version.
    pub fn digest(&self) -> String {
        let Self { exhibitor_id, name, phone, zalo, email, language, .. } = self;
        etag::digest(format!("{exhibitor_id} {name:?} {phone:?} {zalo:?} {email:?} {language:?}").as_bytes())
    }
}

fn default_language() -> Language {
    Language::Vi
}

/// A contact person of an exhibitor; a phone number, a Zalo number or an e-mail address is required.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExhibitorContact)]
pub struct Contact {
    /// Identifier of an existing contact to keep; made by the server for a new one.
    pub id: Option<ContactId>,
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    pub name: String,
    /// As people write it; Vietnamese without a country code. Stored and returned in E.164: `+84912345678`.
    pub phone: Option<String>,
    /// Phone number of the Zalo account, like `phone`.
    pub zalo: Option<String>,
    /// At most 254 characters; returned in lower case.
    pub email: Option<String>,
    /// Language of e-mails; default `vi`.
    #[serde(default = "default_language")]
    pub language: Language,
}

impl From<ContactRow> for Contact {
    fn from(row: ContactRow) -> Self {
        Self {
            id: Some(row.id),
            name: row.name,
            phone: row.phone,
            zalo: row.zalo,
            email: row.email,
            language: row.language,
        }
    }
}

/// Validates a list of contacts and normalizes their texts; `pointer` is that of the list. Errors are added to `checks`.
pub fn validate(checks: &mut Validator, pointer: &str, contacts: Vec<Contact>) -> Vec<Contact> {
    contact::validate_length(checks, contacts.len());
    let ids: Vec<ContactId> = contacts.iter().filter_map(|c| c.id).collect();
    let is_distinct = ids.iter().collect::<BTreeSet<_>>().len() == ids.len();
    checks.require(is_distinct, pointer, FieldCode::Repeated, MessageId("error-duplicate-contact"));
    let valid = contacts.into_iter().take(MAX_CONTACTS).enumerate().map(|(i, entry)| {
        let pointer = |field: &str| format!("{pointer}/{i}/{field}");
        let phone = entry.phone.map(|p| contact::validate_phone(checks, &pointer("phone"), &p));
        let zalo = entry.zalo.map(|p| contact::validate_phone(checks, &pointer("zalo"), &p));
        let email = entry.email.map(|e| contact::validate_address(checks, &pointer("email"), &e));
        contact::require_way(checks, &pointer("phone"), phone.is_some() || zalo.is_some() || email.is_some());
        Contact { name: checks.require_text::<NameText>(&pointer("name"), &entry.name), phone, zalo, email, ..entry }
    });
    valid.collect()
}

/// Rows of validated contacts. An identifier that is not among `existing` gets a new one.
pub fn to_rows(of: ExhibitorId, contacts: Vec<Contact>, existing: &[ContactRow]) -> Vec<ContactRow> {
    let row = |contact: Contact| ContactRow {
        id: contact.id.filter(|id| existing.iter().any(|row| row.id == *id)).unwrap_or_else(ContactId::make),
        exhibitor_id: of,
        name: contact.name,
        phone: contact.phone,
        zalo: contact.zalo,
        email: contact.email,
        language: contact.language,
    };
    contacts.into_iter().map(row).collect()
}
