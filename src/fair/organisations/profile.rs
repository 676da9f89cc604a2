//! What organisations and exhibitors have in common: name, legal form, tax code and place.
use super::{LegalForm, tax_code};
use crate::localities;
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{clock::Instant, text},
};
use hoicho_web::http::{FieldCode, Problem, Validator, limits::NameText};

/// A valid profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    pub legal_form: LegalForm,
    /// Includes the check digit.
    pub tax_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Set if the locality is in `localities`.
    pub locality_code: Option<String>,
    /// Name of the locality.
    pub locality: String,
}

impl Profile {
    /// The name folded for search.
    pub fn name_search(&self) -> String {
        text::normalize_for_search(&self.name)
    }
}

/// Fields of a new profile, as typed.
#[derive(Debug, Clone)]
pub struct NewProfile {
    pub name: String,
    pub legal_form: LegalForm,
    pub tax_code: Option<String>,
    /// Default `VN`.
    pub country: Option<String>,
    pub locality_code: Option<String>,
    pub locality: Option<String>,
}

impl NewProfile {
    /// Validates what needs no database; errors are added to `checks`.
    pub fn validate(self, checks: &mut Validator) -> Self {
        let tax_code = validate_tax_code(checks, "", self.tax_code.as_deref(), self.legal_form);
        let country = self.country.unwrap_or_else(|| "VN".to_owned());
        validate_country(checks, "", &country);
        Self {
            name: checks.require_text::<NameText>("/name", &self.name),
            tax_code,
            country: Some(country),
            locality: self.locality.map(|l| checks.require_text::<NameText>("/locality", &l)),
            ..self
        }
    }

    /// Resolves the locality.
    ///
    /// # Errors
    /// `invalid` for a locality that is not known today, or without any.
    pub fn resolve(self, tx: &mut Tx<'_>, now: Instant) -> Result<Profile, Problem> {
        let (locality_code, locality) = resolve_locality(tx, self.locality_code, self.locality, now)?;
        Ok(Profile {
            name: self.name,
            legal_form: self.legal_form,
            tax_code: self.tax_code,
            country: self.country.unwrap_or_else(|| "VN".to_owned()),
            locality_code,
            locality,
        })
    }
}

/// Fields of a profile to change, as typed; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct ProfileChange {
    pub name: Option<String>,
    pub legal_form: Option<LegalForm>,
    /// `Some(None)` clears it.
    pub tax_code: Option<Option<String>>,
    pub country: Option<String>,
    pub locality_code: Option<String>,
    /// Clears the locality code.
    pub locality: Option<String>,
}

impl ProfileChange {
    /// Validates what needs no database; errors are added to `checks`.
    pub fn validate(self, checks: &mut Validator) -> Self {
        if let Some(country) = &self.country {
            validate_country(checks, "", country);
        }
        Self {
            name: self.name.map(|n| checks.require_text::<NameText>("/name", &n)),
            locality: self.locality.map(|l| checks.require_text::<NameText>("/locality", &l)),
            ..self
        }
    }

    /// Applies the change.
    ///
    /// # Errors
    /// `invalid` for a locality that is not known today, and for a tax code that is invalid for the legal form: also an existing
    /// one, because a new legal form can make it invalid.
    pub fn apply(self, tx: &mut Tx<'_>, before: Profile, now: Instant) -> Result<Profile, Problem> {
        let mut after = before;
        after.name = self.name.unwrap_or(after.name);
        after.legal_form = self.legal_form.unwrap_or(after.legal_form);
        after.country = self.country.unwrap_or(after.country);
        if self.locality_code.is_some() || self.locality.is_some() {
            (after.locality_code, after.locality) = resolve_locality(tx, self.locality_code, self.locality, now)?;
        }
        let code = self.tax_code.unwrap_or(after.tax_code);
        let mut checks = Validator::default();
        after.tax_code = validate_tax_code(&mut checks, "", code.as_deref(), after.legal_form);
        checks.finish()?;
        Ok(after)
    }
}

/// Validates the format of a country code; `at` is the pointer of its object.
pub fn validate_country(checks: &mut Validator, at: &str, country: &str) {
    checks.require(
        country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase()),
        &format!("{at}/country"),
        FieldCode::Country,
        MessageId("error-invalid-country"),
    );
}

/// Validates a tax code; `at` is the pointer of its object.
pub fn validate_tax_code(checks: &mut Validator, at: &str, code: Option<&str>, form: LegalForm) -> Option<String> {
    let parsed = code.map(|code| tax_code::parse(code, form));
    let pointer = format!("{at}/tax_code");
    checks.require(parsed != Some(None), &pointer, FieldCode::TaxCode, MessageId("error-invalid-tax-code"));
    parsed.flatten()
}

/// Resolves a locality code that is valid today; without a code, uses the given name.
fn resolve_locality(
    tx: &mut Tx<'_>,
    code: Option<String>,
    locality_name: Option<String>,
    now: Instant,
) -> Result<(Option<String>, String), Problem> {
    let mut checks = Validator::default();
    let known_locality = match &code {
        Some(code) if code.contains('\0') => None,
        Some(code) => localities::store::find(tx, code)?.filter(|l| l.valid_to.is_none_or(|to| to >= now.date())),
        None => None,
    };
    checks.require(
        code.is_none() || known_locality.is_some(),
        "/locality_code",
        FieldCode::Unknown,
        MessageId("error-locality-not-current"),
    );
    checks.require(
        code.is_some() || locality_name.is_some(),
        "/locality",
        FieldCode::Missing,
        MessageId("error-locality-required"),
    );
    checks.finish()?;
    Ok(match known_locality {
        Some(known_locality) => (Some(known_locality.code), known_locality.name),
        None => (None, locality_name.unwrap_or_default()),
    })
}
