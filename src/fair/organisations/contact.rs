//! Ways to reach a contact person.
use hoicho_core::{i18n::MessageId, values::phone};
use hoicho_web::{
    http::{FieldCode, Validator},
    identity::validate_email,
};

/// Max contacts of an organisation or an exhibitor.
pub const MAX_CONTACTS: usize = 20;

/// Validates the length of a list of contacts.
pub fn validate_length(checks: &mut Validator, length: usize) {
    checks.require(length <= MAX_CONTACTS, "", FieldCode::Length, MessageId("error-contact-list-length"));
}

/// Validates a phone number; returns it in E.164.
pub fn validate_phone(checks: &mut Validator, pointer: &str, typed: &str) -> String {
    let number = phone::parse(typed);
    checks.require(number.is_some(), pointer, FieldCode::Phone, MessageId("error-invalid-phone"));
    number.unwrap_or_default()
}

/// Validates an e-mail address; returns it in lower case, so that a person is found by it.
pub fn validate_address(checks: &mut Validator, pointer: &str, typed: &str) -> String {
    validate_email(checks, pointer, typed).to_lowercase()
}

/// Requires a way to reach the person.
pub fn require_way(checks: &mut Validator, pointer: &str, has_one: bool) {
    checks.require(has_one, pointer, FieldCode::Missing, MessageId("error-contact-address-required"));
}
