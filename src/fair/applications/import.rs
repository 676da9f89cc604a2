//! Import of exhibitors from table rows; each gets an approved application for the edition. Atomic: either all rows are
//! imported or none, and all errors are reported at once.
use std::collections::{BTreeSet, HashMap};

use super::{
    store::{self, ApplicationRow},
    wishes::MAX_BOOTHS_WANTED,
};
use crate::{
    editions,
    exhibitors::{self, LegalForm, store::ExhibitorRow, tax_code},
    floor::BoothCategory,
    localities,
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    states::ApplicationState,
    values::{
        ids::{ApplicationId, ExhibitorId},
        text,
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{FieldCode, Problem, Validator},
    identity::Authorized,
};

/// One row of an exhibitor import.
#[derive(Debug, Clone)]
pub struct ExhibitorImportRow {
    pub name: String,
    /// `None` if neither the row nor the name contains one; reported as an error.
    pub legal_form: Option<LegalForm>,
    /// Not validated yet; the leading zero may be missing.
    pub tax_code: Option<String>,
    /// Free text.
    pub locality: Option<String>,
    /// Default 1.
    pub booths_wanted: Option<i64>,
}

/// Counts of an import.
pub struct ImportSummary {
    /// New applications.
    pub added: usize,
    /// Exhibitors that already have an application for the edition.
    pub unchanged: usize,
}

/// Parses a tax code. Spreadsheets drop a leading zero, so an invalid code is retried with a zero prepended.
fn parse_tax_code(code: &str, form: LegalForm) -> Option<String> {
    let digits = code.trim().trim_start_matches('\'');
    tax_code::parse(digits, form).or_else(|| tax_code::parse(&format!("0{digits}"), form))
}

/// The validated fields of a row.
struct ValidRow {
    name: String,
    form: LegalForm,
    code: Option<String>,
    booths_wanted: i32,
}

/// Validates a row. Invalid fields get a placeholder, because the errors prevent the import.
fn validate(checks: &mut Validator, line: u64, row: &ExhibitorImportRow) -> ValidRow {
    let pointer = |field: &str| format!("/{line}/{field}");
    let name = checks.require_text(&pointer("name"), &row.name, 200);
    checks.require(
        row.legal_form.is_some(),
        &pointer("legal_form"),
        FieldCode::Unknown,
        MessageId("import-unknown-legal-form").with_args(&[("line", &line)]),
    );
    let form = row.legal_form.unwrap_or(LegalForm::Enterprise);
    let code = row.tax_code.as_deref().map(|code| parse_tax_code(code, form));
    checks.require(code != Some(None), &pointer("tax_code"), FieldCode::TaxCode, MessageId("error-invalid-tax-code"));
    let booths_wanted =
        i32::try_from(row.booths_wanted.unwrap_or(1)).ok().filter(|n| (1..=MAX_BOOTHS_WANTED).contains(n));
    checks.require(
        booths_wanted.is_some(),
        &pointer("booths_wanted"),
        FieldCode::Range,
        MessageId("import-booths-wanted-range").with_args(&[("line", &line)]).with_number("max", MAX_BOOTHS_WANTED),
    );
    ValidRow { name, form, code: code.flatten(), booths_wanted: booths_wanted.unwrap_or(1) }
}

/// Matches rows with registered exhibitors by tax code, or by name among the applicants of the edition; registers the
/// others, and creates an approved application for each exhibitor that has none.
pub fn import_rows(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    lines: Vec<(u64, ExhibitorImportRow)>,
) -> Result<ImportSummary, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let mut checks = Validator::default();
    let codes: Vec<String> = lines
        .iter()
        .filter_map(|(_, l)| {
            parse_tax_code(l.tax_code.as_deref()?, l.legal_form.unwrap_or(LegalForm::HouseholdBusiness))
        })
        .collect();
    let by_code: HashMap<String, ExhibitorId> =
        exhibitors::store::find_ids_by_tax_codes(tx, &codes)?.into_iter().collect();
    let applicants = store::find_applicants(tx, edition.id)?;
    let by_name: HashMap<String, ExhibitorId> = applicants.iter().map(|(id, name)| (name.clone(), *id)).collect();
    let applicants: BTreeSet<ExhibitorId> = applicants.into_iter().map(|(id, _)| id).collect();
    let localities_by_name = localities::store::index_by_name(tx, authorized.now.date())?;
    let (mut new, mut applications, mut seen_keys, mut unchanged) = (Vec::new(), Vec::new(), BTreeSet::new(), 0);
    for (line, row) in lines {
        let pointer = |field: &str| format!("/{line}/{field}");
        let ValidRow { name, form, code, booths_wanted } = validate(&mut checks, line, &row);
        let name_search = text::normalize_for_search(&name);
        let key = code.clone().unwrap_or_else(|| name_search.clone());
        checks.require(
            seen_keys.insert(key),
            &pointer("name"),
            FieldCode::Repeated,
            MessageId("import-duplicate-exhibitor").with_args(&[("line", &line)]),
        );
        let existing = code.as_ref().and_then(|c| by_code.get(c)).or_else(|| by_name.get(&name_search)).copied();
        if existing.is_some_and(|id| applicants.contains(&id)) {
            unchanged += 1;
            continue;
        }
        let locality = row.locality.map(|l| checks.require_text(&pointer("locality"), &l, 200));
        let exhibitor = existing.unwrap_or_else(ExhibitorId::make);
        if existing.is_none() {
            let known_locality =
                locality.as_deref().and_then(|words| localities_by_name.get(&text::normalize_for_search(words)));
            new.push(ExhibitorRow {
                id: exhibitor,
                name,
                name_search,
                legal_form: form,
                tax_code: code,
                country: "VN".to_owned(),
                locality_code: known_locality.map(|(code, _)| code.clone()),
                locality: known_locality.map(|(_, name)| name.clone()).or(locality).unwrap_or_default(),
                version: 1,
                created_at: authorized.now,
            });
        }
        applications.push(ApplicationRow {
            id: ApplicationId::make(),
            edition_id: edition.id,
            exhibitor_id: exhibitor,
            state: ApplicationState::Approved,
            booths_wanted,
            category: BoothCategory::Standard,
            needs: None,
            reason: None,
            waitlisted_at: None,
            version: 1,
            created_at: authorized.now,
            needs_power: false,
            needs_water: false,
            needs_corner: false,
        });
    }
    checks.finish()?;
    exhibitors::store::insert(tx, &new)?;
    store::insert(tx, &applications)?;
    authorized.record_audit(tx, AuditAction::ApplicationImport, edition.id, None, Some(applications.len()))?;
    Ok(ImportSummary { added: applications.len(), unchanged })
}
