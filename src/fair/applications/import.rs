//! Import of exhibitors from table rows, with a contact each; they get an approved application for the edition. Planned
//! from what is read, then written; all errors are reported at once.
use std::collections::{BTreeSet, HashMap};

use diesel::QueryResult;

use super::{
    store::{self, ApplicationRow},
    wishes::{self, BoothsWanted, Wish, WishRow},
};
use crate::{
    editions::{self, store::EditionRow},
    exhibitors::{self, contacts::ContactRow, matching::ExhibitorMatcher, store::ExhibitorRow},
    floor::{self, BoothCategory, numbering},
    localities,
    organisations::{LegalForm, contact, profile::Profile, tax_code},
};
use hoicho_core::{
    db::Tx,
    i18n::{Language, MessageId},
    states::ApplicationState,
    values::{
        clock::Instant,
        ids::{ApplicationId, BoothId, ContactId, EditionId, ExhibitorId, ZoneId},
        phone, text,
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{
        FieldCode, Problem, Validator,
        limits::{NameText, TextLimit},
    },
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
    /// Default the number of booths among the wishes, else 1; 0: the record only, without an application.
    pub booths_wanted: Option<i64>,
    /// Booths and zones in order of preference, as typed: `A01, A02`, `A01-A03`, `Khu OCOP`.
    pub wishes: Option<String>,
    /// Contact person; default the exhibitor's name.
    pub contact_name: Option<String>,
    /// As typed.
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// What an import of exhibitors will write.
pub struct PlannedExhibitors {
    /// New records.
    pub exhibitors: Vec<ExhibitorRow>,
    /// Their contacts.
    pub contacts: Vec<ContactRow>,
    /// New contacts of records that existed.
    pub more_contacts: Vec<ContactRow>,
    /// New applications.
    pub applications: Vec<ApplicationRow>,
    wishes: Vec<WishRow>,
    /// Records that had an application for the edition, or were not to get one.
    pub unchanged: usize,
}

impl PlannedExhibitors {
    /// Whether nothing is to be written.
    pub fn is_empty(&self) -> bool {
        self.exhibitors.is_empty() && self.more_contacts.is_empty() && self.applications.is_empty()
    }

    /// Number of new applications, and of new records without one.
    pub fn added(&self) -> usize {
        let applied: BTreeSet<ExhibitorId> =
            self.applications.iter().map(|application| application.exhibitor_id).collect();
        let without_application = self.exhibitors.iter().filter(|record| !applied.contains(&record.id)).count();
        self.applications.len() + without_application
    }
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
fn validate(checks: &mut Validator, line: u64, row: &ExhibitorImportRow, wishes: &[Wish]) -> ValidRow {
    let pointer = |field: &str| format!("/{line}/{field}");
    let name = checks.require_text::<NameText>(&pointer("name"), &row.name);
    checks.require(
        row.legal_form.is_some(),
        &pointer("legal_form"),
        FieldCode::Unknown,
        MessageId("import-unknown-legal-form").with_args(&[("line", &line)]),
    );
    let form = row.legal_form.unwrap_or(LegalForm::Enterprise);
    let code = row.tax_code.as_deref().map(|code| parse_tax_code(code, form));
    checks.require(code != Some(None), &pointer("tax_code"), FieldCode::TaxCode, MessageId("error-invalid-tax-code"));
    let wished = wishes.iter().filter(|wish| matches!(wish, Wish::Booth(_))).count();
    let wished = i64::try_from(wished.max(1)).unwrap_or(1);
    let booths_wanted = i32::try_from(row.booths_wanted.unwrap_or(wished))
        .ok()
        .filter(|n| (0..=*BoothsWanted::RANGE.end()).contains(n));
    checks.require(
        booths_wanted.is_some(),
        &pointer("booths_wanted"),
        FieldCode::Range,
        MessageId("import-booths-wanted-range")
            .with_args(&[("line", &line)])
            .with_number("max", *BoothsWanted::RANGE.end()),
    );
    ValidRow { name, form, code: code.flatten(), booths_wanted: booths_wanted.unwrap_or(1) }
}

/// The contact of a row; its exhibitor is filled in when it is known.
fn valid_contact(checks: &mut Validator, line: u64, row: &ExhibitorImportRow, name: &str) -> Option<ContactRow> {
    let pointer = |field: &str| format!("/{line}/{field}");
    let contact_name = row.contact_name.as_ref().map(|n| checks.require_text::<NameText>(&pointer("contact_name"), n));
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
        submitted_at: Some(now),
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

/// Booths by code, and zones by code and name without regard to case.
struct Places {
    booths: HashMap<String, BoothId>,
    zones: HashMap<String, ZoneId>,
}

impl Places {
    fn load(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Self> {
        let zones = floor::store::zones(tx, edition)?.into_iter();
        let named = |zone: floor::store::ZoneRow| {
            [zone.code, zone.name].map(|name| (text::normalize_for_comparison(&name), zone.id))
        };
        Ok(Self { booths: floor::store::booths_by_code(tx, edition)?, zones: zones.flat_map(named).collect() })
    }

    /// The wishes of a cell. Booths and zones that do not exist are errors.
    fn parse_wishes(&self, checks: &mut Validator, line: u64, typed: &str) -> Vec<Wish> {
        let pointer = format!("/{line}/wishes");
        let mut wishes = Vec::new();
        for part in typed.split([',', ';', '+', '&', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
            let zone = self.zones.get(&text::normalize_for_comparison(part));
            let exact = self.booths.get(&part.replace(' ', "").to_uppercase());
            let found: Option<Vec<Wish>> = match (exact, zone) {
                (Some(booth), _) => Some(vec![Wish::Booth(*booth)]),
                (None, Some(zone)) => Some(vec![Wish::Zone(*zone)]),
                (None, None) => numbering::parse_booth_list(part)
                    .and_then(|codes| codes.iter().map(|code| Some(Wish::Booth(*self.booths.get(code)?))).collect()),
            };
            let shown: String = part.chars().take(40).collect();
            let args: [(&str, &dyn std::fmt::Display); 2] = [("line", &line), ("text", &shown)];
            checks.require(
                found.is_some(),
                &pointer,
                FieldCode::Unknown,
                MessageId("import-unknown-wish").with_args(&args),
            );
            wishes.extend(found.unwrap_or_default());
        }
        wishes::validate(checks, &pointer, &wishes);
        wishes
    }
}

/// An import of exhibitors: what is known of the edition, loaded once for all parts of the file.
pub struct ExhibitorImport {
    edition: EditionRow,
    applicants: BTreeSet<ExhibitorId>,
    localities: LocalityIndex,
    /// Booths and zones of the edition.
    places: Places,
    /// Tax codes or names of the rows that were imported.
    seen: BTreeSet<String>,
    /// Records that rows were matched with.
    matched: BTreeSet<ExhibitorId>,
}

impl ExhibitorImport {
    pub fn load(tx: &mut Tx<'_>, authorized: &Authorized) -> Result<Self, Problem> {
        let edition = editions::store::find_open(tx, authorized.edition()?)?;
        let applicants = store::find_exhibitors(tx, edition.id)?.into_iter();
        Ok(Self {
            applicants: applicants.collect(),
            localities: localities::store::index_by_name(tx, authorized.now.date())?,
            places: Places::load(tx, edition.id)?,
            edition,
            seen: BTreeSet::new(),
            matched: BTreeSet::new(),
        })
    }

    /// Matches rows with the organiser's records by tax code or exact name, and creates the others; each gets an approved application
    /// for the edition, or one in the state of the table, unless it has one or wants no booth. No account of an organisation is read,
    /// opened or changed.
    pub fn plan(
        &mut self,
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        lines: Vec<(u64, ExhibitorImportRow)>,
    ) -> Result<PlannedExhibitors, Problem> {
        let mut checks = Validator::default();
        let form = |line: &ExhibitorImportRow| line.legal_form.unwrap_or(LegalForm::HouseholdBusiness);
        let codes: Vec<String> =
            lines.iter().filter_map(|(_, l)| parse_tax_code(l.tax_code.as_deref()?, form(l))).collect();
        let names: Vec<String> =
            lines.iter().filter_map(|(_, l)| text::normalize(&l.name, NameText::MAX_CHARS)).collect();
        let known = ExhibitorMatcher::load(tx, self.edition.organiser_id, &codes, &names)?;
        let (mut new, mut new_contacts, mut more_contacts) = (Vec::new(), Vec::new(), Vec::new());
        let (mut applications, mut all_wishes, mut unchanged) = (Vec::new(), Vec::<WishRow>::new(), 0);
        let (mut seen, mut matched) = (BTreeSet::new(), BTreeSet::new());
        for (line, row) in lines {
            let pointer = |field: &str| format!("/{line}/{field}");
            let wishes = self.places.parse_wishes(&mut checks, line, row.wishes.as_deref().unwrap_or_default());
            let valid = validate(&mut checks, line, &row, &wishes);
            let key = valid.code.clone().unwrap_or_else(|| valid.name.clone());
            let existing = known.find(&valid.name, valid.code.as_deref());
            let is_first = !self.seen.contains(&key) && seen.insert(key);
            let is_only = existing.is_none_or(|id| !self.matched.contains(&id) && matched.insert(id));
            checks.require(
                is_first && is_only,
                &pointer("name"),
                FieldCode::Repeated,
                MessageId("import-duplicate-exhibitor").with_args(&[("line", &line)]),
            );
            let contact = valid_contact(&mut checks, line, &row, &valid.name);
            let locality = row.locality.map(|l| checks.require_text::<NameText>(&pointer("locality"), &l));
            let booths_wanted = valid.booths_wanted;
            let exhibitor = match existing {
                Some(id) => id,
                None => {
                    let record = new_exhibitor(authorized, (valid, row.country), locality, &self.localities)?;
                    let id = record.id;
                    new.push(record);
                    id
                }
            };
            let contacts = if existing.is_some() { &mut more_contacts } else { &mut new_contacts };
            contacts.extend(contact.map(|contact| ContactRow { exhibitor_id: exhibitor, ..contact }));
            if booths_wanted > 0 && !self.applicants.contains(&exhibitor) {
                let category = row.category.unwrap_or(BoothCategory::Standard);
                let wanted = (booths_wanted, category, row.state.unwrap_or(ApplicationState::Approved));
                let application = new_application(&self.edition, exhibitor, wanted, authorized.now);
                all_wishes.extend(wishes::to_rows(self.edition.id, application.id, &wishes));
                applications.push(application);
            } else if existing.is_some() {
                unchanged += 1;
            }
        }
        checks.finish()?;
        let more_contacts = without_known(tx, more_contacts)?;
        self.seen.extend(seen);
        self.matched.extend(matched);
        self.applicants.extend(applications.iter().map(|application| application.exhibitor_id));
        Ok(PlannedExhibitors {
            exhibitors: new,
            contacts: new_contacts,
            more_contacts,
            applications,
            wishes: all_wishes,
            unchanged,
        })
    }
}

/// Writes planned exhibitors. A tax code or an application that exists since is a conflict by the unique keys.
pub fn write(tx: &mut Tx<'_>, authorized: &Authorized, planned: &PlannedExhibitors) -> Result<(), Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    exhibitors::store::insert(tx, &planned.exhibitors, &planned.contacts)?;
    exhibitors::store::add_contacts(tx, &planned.more_contacts)?;
    store::insert(tx, &planned.applications)?;
    wishes::insert_rows(tx, &planned.wishes)?;
    let count = Some(planned.applications.len());
    authorized.record_audit(tx, AuditAction::ApplicationImport, edition.id, None, count)?;
    Ok(())
}
