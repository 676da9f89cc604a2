//! Import of exhibitors from table rows, with a contact each; they get an approved application for the edition. Atomic: either all rows are
//! imported or none, and all errors are reported at once.
use std::collections::{BTreeSet, HashMap};

use diesel::QueryResult;

use super::{
    store::{self, ApplicationRow},
    wishes::MAX_BOOTHS_WANTED,
};
use crate::{
    editions::{self, store::EditionRow},
    exhibitors::{self, contacts::ContactRow, matching::ExhibitorMatcher, store::ExhibitorRow},
    floor::BoothCategory,
    localities,
    organisations::{
        LegalForm, contact,
        profile::{MAX_NAME_CHARS, Profile},
        tax_code,
    },
};
use hoicho_core::{
    db::Tx,
    i18n::{Language, MessageId},
    states::ApplicationState,
    values::{
        clock::Instant,
        ids::{ApplicationId, ContactId, ExhibitorId},
        phone, text,
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
    /// ISO 3166-1 alpha-2; default Vietnam.
    pub country: Option<&'static str>,
    /// Category of the booths; default standard.
    pub category: Option<BoothCategory>,
    /// State of the application; default approved.
    pub state: Option<ApplicationState>,
    /// Default 1; 0: the record only, without an application.
    pub booths_wanted: Option<i64>,
    /// Contact person; default the exhibitor's name.
    pub contact_name: Option<String>,
    /// As typed.
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// Counts of an import.
pub struct ImportSummary {
    /// New applications, and new records without one.
    pub added: usize,
    /// Records that had an application for the edition, or were not to get one.
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
    let name = checks.require_text(&pointer("name"), &row.name, MAX_NAME_CHARS);
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
        i32::try_from(row.booths_wanted.unwrap_or(1)).ok().filter(|n| (0..=MAX_BOOTHS_WANTED).contains(n));
    checks.require(
        booths_wanted.is_some(),
        &pointer("booths_wanted"),
        FieldCode::Range,
        MessageId("import-booths-wanted-range").with_args(&[("line", &line)]).with_number("max", MAX_BOOTHS_WANTED),
    );
    ValidRow { name, form, code: code.flatten(), booths_wanted: booths_wanted.unwrap_or(1) }
}

/// The contact of a row; its exhibitor is filled in when it is known.
fn valid_contact(checks: &mut Validator, line: u64, row: &ExhibitorImportRow, name: &str) -> Option<ContactRow> {
    let pointer = |field: &str| format!("/{line}/{field}");
    let contact_name =
        row.contact_name.as_ref().map(|n| checks.require_text(&pointer("contact_name"), n, MAX_NAME_CHARS));
    let phone = row.phone.as_ref().map(|p| parse_phone(checks, &pointer("phone"), p));
    let email = row.email.as_ref().map(|e| contact::validate_address(checks, &pointer("email"), e));
    let has_way = phone.is_some() || email.is_some();
    checks.require(
        has_way || contact_name.is_none(),
        &pointer("phone"),
        FieldCode::Missing,
        MessageId("error-contact-address-required"),
    );
    has_way.then(|| ContactRow {
        id: ContactId::make(),
        exhibitor_id: ExhibitorId::make(),
        name: contact_name.unwrap_or_else(|| name.to_owned()),
        phone,
        zalo: None,
        email,
        language: Language::Vi,
    })
}

/// Parses a phone number. Spreadsheets drop a leading zero, so an invalid number is retried with a zero prepended.
fn parse_phone(checks: &mut Validator, pointer: &str, typed: &str) -> String {
    let number = typed.trim().trim_start_matches('\'');
    phone::parse(number)
        .or_else(|| phone::parse(&format!("0{number}")))
        .unwrap_or_else(|| contact::validate_phone(checks, pointer, number))
}

/// Localities by folded name: code and name.
type LocalityIndex = HashMap<String, (String, String)>;

/// The record of a row that matches none of the organiser's.
fn new_exhibitor(
    authorized: &Authorized,
    (row, country): (ValidRow, Option<&'static str>),
    locality: Option<String>,
    localities: &LocalityIndex,
) -> Result<ExhibitorRow, Problem> {
    let known = locality.as_deref().and_then(|words| localities.get(&text::normalize_for_search(words)));
    let profile = Profile {
        name: row.name,
        legal_form: row.form,
        tax_code: row.code,
        country: country.unwrap_or("VN").to_owned(),
        locality_code: known.map(|(code, _)| code.clone()),
        locality: known.map(|(_, name)| name.clone()).or(locality).unwrap_or_default(),
    };
    Ok(ExhibitorRow::new(authorized.organiser()?, profile, authorized.now))
}

fn new_application(
    edition: &EditionRow,
    of: ExhibitorId,
    (booths_wanted, category, state): (i32, BoothCategory, ApplicationState),
    now: Instant,
) -> ApplicationRow {
    ApplicationRow {
        id: ApplicationId::make(),
        organiser_id: edition.organiser_id,
        edition_id: edition.id,
        exhibitor_id: of,
        state,
        booths_wanted,
        category,
        needs: None,
        reason: None,
        waitlisted_at: (state == ApplicationState::Waitlisted).then_some(now),
        version: 1,
        created_at: now,
        needs_power: false,
        needs_water: false,
        needs_corner: false,
    }
}

/// Contacts that the records do not have yet.
fn without_known(tx: &mut Tx<'_>, contacts: Vec<ContactRow>) -> QueryResult<Vec<ContactRow>> {
    let of: Vec<ExhibitorId> = contacts.iter().map(|c| c.exhibitor_id).collect();
    let known = exhibitors::store::find_contacts_of(tx, &of)?;
    let is_same = |a: &ContactRow, b: &ContactRow| a.phone == b.phone && a.email == b.email;
    let is_new = |contact: &ContactRow| {
        !known.get(&contact.exhibitor_id).into_iter().flatten().any(|other| is_same(contact, other))
    };
    Ok(contacts.into_iter().filter(is_new).collect())
}

/// Matches rows with the organiser's records by tax code or exact name, and creates the others; each gets an approved application
/// for the edition, or one in the state of the table, unless it has one or wants no booth. No account of an organisation is read,
/// opened or changed.
pub fn import_rows(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    lines: Vec<(u64, ExhibitorImportRow)>,
) -> Result<ImportSummary, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let mut checks = Validator::default();
    let form = |line: &ExhibitorImportRow| line.legal_form.unwrap_or(LegalForm::HouseholdBusiness);
    let codes: Vec<String> =
        lines.iter().filter_map(|(_, l)| parse_tax_code(l.tax_code.as_deref()?, form(l))).collect();
    let names: Vec<String> = lines.iter().filter_map(|(_, l)| text::normalize(&l.name, MAX_NAME_CHARS)).collect();
    let known = ExhibitorMatcher::load(tx, edition.organiser_id, &codes, &names)?;
    let applicants: BTreeSet<ExhibitorId> =
        store::find_applicants(tx, edition.id)?.into_iter().map(|(_, exhibitor, _)| exhibitor).collect();
    let localities_by_name = localities::store::index_by_name(tx, authorized.now.date())?;
    let (mut new, mut new_contacts, mut more_contacts) = (Vec::new(), Vec::new(), Vec::new());
    let (mut applications, mut seen_keys, mut unchanged) = (Vec::new(), BTreeSet::new(), 0);
    let mut matched = BTreeSet::new();
    for (line, row) in lines {
        let pointer = |field: &str| format!("/{line}/{field}");
        let valid = validate(&mut checks, line, &row);
        checks.require(
            seen_keys.insert(valid.code.clone().unwrap_or_else(|| valid.name.clone())),
            &pointer("name"),
            FieldCode::Repeated,
            MessageId("import-duplicate-exhibitor").with_args(&[("line", &line)]),
        );
        let contact = valid_contact(&mut checks, line, &row, &valid.name);
        let locality = row.locality.map(|l| checks.require_text(&pointer("locality"), &l, MAX_NAME_CHARS));
        let booths_wanted = valid.booths_wanted;
        let existing = known.find(&valid.name, valid.code.as_deref());
        let exhibitor = match existing {
            Some(id) => {
                checks.require(
                    matched.insert(id),
                    &pointer("name"),
                    FieldCode::Repeated,
                    MessageId("import-duplicate-exhibitor").with_args(&[("line", &line)]),
                );
                id
            }
            None => {
                let record = new_exhibitor(authorized, (valid, row.country), locality, &localities_by_name)?;
                let id = record.id;
                new.push(record);
                id
            }
        };
        let contacts = if existing.is_some() { &mut more_contacts } else { &mut new_contacts };
        contacts.extend(contact.map(|contact| ContactRow { exhibitor_id: exhibitor, ..contact }));
        if booths_wanted > 0 && !applicants.contains(&exhibitor) {
            let category = row.category.unwrap_or(BoothCategory::Standard);
            let wanted = (booths_wanted, category, row.state.unwrap_or(ApplicationState::Approved));
            applications.push(new_application(&edition, exhibitor, wanted, authorized.now));
        } else if existing.is_some() {
            unchanged += 1;
        }
    }
    checks.finish()?;
    exhibitors::store::insert(tx, &new, &new_contacts)?;
    let more_contacts = without_known(tx, more_contacts)?;
    exhibitors::store::add_contacts(tx, &more_contacts)?;
    store::insert(tx, &applications)?;
    let applied: BTreeSet<ExhibitorId> = applications.iter().map(|a| a.exhibitor_id).collect();
    let without_application = new.iter().filter(|r| !applied.contains(&r.id)).count();
    authorized.record_audit(tx, AuditAction::ApplicationImport, edition.id, None, Some(applications.len()))?;
    Ok(ImportSummary { added: applications.len() + without_application, unchanged })
}
