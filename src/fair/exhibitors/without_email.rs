//! Exhibitors that no e-mail reaches, with the numbers at which staff can call them.
use diesel::QueryResult;
use serde::Serialize;

use super::store;
use hoicho_core::{
    db::Tx,
    i18n::{Language, LocalizedText, MessageId, collation::compare_names},
    values::{ids::ExhibitorId, phone},
};

/// Exhibitors that a sentence names; lists have all.
const MAX_NAMED: usize = 3;

/// Somebody whom staff can call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PhoneContact {
    /// Name of the person.
    pub name: String,
    /// E.164.
    pub phone: Option<String>,
    /// E.164.
    pub zalo: Option<String>,
}

impl PhoneContact {
    /// The number in E.164; that of Zalo if there is no other.
    pub fn e164(&self) -> &str {
        self.phone.as_deref().or(self.zalo.as_deref()).unwrap_or_default()
    }

    /// The number as it is dialled.
    pub fn number(&self) -> String {
        phone::to_local(self.e164())
    }
}

/// An exhibitor without an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WithoutEmail {
    /// The organiser's record.
    pub exhibitor: ExhibitorId,
    /// Its name.
    pub name: String,
    /// Its contacts with a phone or Zalo number.
    pub contacts: Vec<PhoneContact>,
}

impl WithoutEmail {
    /// Name and number, as `HTX Đầm Hà (0912 345 678)`.
    fn in_short(&self) -> LocalizedText {
        match self.contacts.first() {
            Some(contact) => {
                let text = format!("{} ({})", self.name, contact.number());
                LocalizedText::verbatim(text.clone(), text)
            }
            None => MessageId("without-email-no-phone").with_args(&[("name", &self.name)]).localize(),
        }
    }
}

/// A warning that asks to call exhibitors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WithoutEmailWarning {
    /// `without_email`.
    code: &'static str,
    /// The first exhibitors with their numbers, and how many more there are.
    detail: String,
}

impl WithoutEmailWarning {
    /// One warning, or none if all exhibitors have an address.
    pub fn list(exhibitors: &[WithoutEmail], language: Language) -> Vec<Self> {
        if exhibitors.is_empty() {
            return Vec::new();
        }
        let names: Vec<LocalizedText> = exhibitors.iter().take(MAX_NAMED).map(WithoutEmail::in_short).collect();
        let names = LocalizedText::join(&names);
        let more = exhibitors.len().saturating_sub(MAX_NAMED);
        let detail = if more == 0 {
            MessageId("without-email").with_args(&[]).with_text("names", names).localize()
        } else {
            MessageId("without-email-more").with_number("more", more).with_text("names", names).localize()
        };
        vec![Self { code: "without_email", detail: detail.get(language).to_owned() }]
    }
}

/// Loads exhibitors with their phone contacts, by name.
pub fn find(tx: &mut Tx<'_>, ids: &[ExhibitorId]) -> QueryResult<Vec<WithoutEmail>> {
    let mut contacts = store::find_contacts_of(tx, ids)?;
    let mut found: Vec<WithoutEmail> = store::find_names(tx, ids)?
        .into_iter()
        .map(|(exhibitor, name)| {
            let with_number = contacts.remove(&exhibitor).unwrap_or_default().into_iter();
            let with_number = with_number.filter(|contact| contact.numbers().next().is_some());
            let contacts = with_number.map(|c| PhoneContact { name: c.name, phone: c.phone, zalo: c.zalo }).collect();
            WithoutEmail { exhibitor, name, contacts }
        })
        .collect();
    found.sort_by(|a, b| compare_names(&a.name, &b.name).then(a.exhibitor.cmp(&b.exhibitor)));
    Ok(found)
}
