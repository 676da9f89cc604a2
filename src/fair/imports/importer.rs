//! Imports parts of a table by the functions of the capabilities, and says what they made.
use std::collections::{BTreeSet, HashMap};

use super::{
    changes::Change,
    parse_rows::{ParsedRows, ProductRecord},
    store::ChangeKind,
};
use crate::{
    applications::{
        self,
        import::ExhibitorImport,
        products::{ApplicationProductRow, DeclaredProduct, MAX_PRODUCTS},
    },
    editions, floor,
    sales::{self, import::ReportImport},
    visits,
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{ids::ApplicationId, text},
};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, FieldCode, FieldError, Problem, Validator},
    identity::Authorized,
};

/// Counts of a part.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) added: usize,
    pub(super) changed: usize,
    pub(super) unchanged: usize,
    pub(super) warnings: Vec<FieldError>,
    pub(super) to_confirm: Vec<FieldError>,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.added += more.added;
        self.changed += more.changed;
        self.unchanged += more.unchanged;
        self.warnings.extend(more.warnings);
        self.to_confirm.extend(more.to_confirm);
    }
}

/// The first version of a row.
const FIRST_VERSION: &str = "1";

/// What is known for all parts of a table of its kind.
#[derive(Default)]
pub(super) struct Importer {
    exhibitors: Option<ExhibitorImport>,
    sales: Option<ReportImport>,
}

impl Importer {
    /// Loads it; rows with errors are left out.
    pub(super) fn load(
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        rows: &ParsedRows,
        bad_rows: &BTreeSet<u64>,
    ) -> Result<Self, Problem> {
        let mut importer = Self::default();
        match rows {
            ParsedRows::Exhibitors(_) => importer.exhibitors = Some(ExhibitorImport::load(tx, authorized)?),
            ParsedRows::Sales(rows) => {
                let good = rows.iter().filter(|(row, _)| !bad_rows.contains(row)).map(|(_, report)| report);
                importer.sales = Some(ReportImport::load(tx, authorized, good)?);
            }
            ParsedRows::Booths(_) | ParsedRows::Products(_) | ParsedRows::Visits(_) => {}
        }
        Ok(importer)
    }

    /// Imports a part: all of its rows, or none if one has an error.
    pub(super) fn import(
        &mut self,
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        rows: ParsedRows,
    ) -> Result<(Counts, Vec<Change>), Problem> {
        match rows {
            ParsedRows::Booths(rows) => {
                let rows_read = rows.len();
                let made = floor::import::import_rows(tx, authorized, rows)?;
                let changes = made.iter().map(|booth| Change::new(ChangeKind::Booth, booth.id.0, FIRST_VERSION));
                let unchanged = rows_read - made.len();
                Ok((Counts { added: made.len(), unchanged, ..Counts::default() }, changes.collect()))
            }
            ParsedRows::Exhibitors(rows) => {
                let import = self.exhibitors.as_mut().ok_or(Code::Internal)?;
                let done = import.import(tx, authorized, rows)?;
                let counts = Counts { added: done.added(), unchanged: done.unchanged, ..Counts::default() };
                Ok((counts, exhibitor_changes(&done)))
            }
            ParsedRows::Products(rows) => add_products(tx, authorized, rows),
            ParsedRows::Sales(rows) => {
                let done = self.sales.as_mut().ok_or(Code::Internal)?.import(tx, authorized, rows)?;
                let changes = report_changes(&done)?;
                let counts = Counts {
                    added: done.added.len(),
                    changed: done.corrected.len(),
                    unchanged: done.unchanged,
                    to_confirm: done.to_confirm,
                    warnings: Vec::new(),
                };
                Ok((counts, changes))
            }
            ParsedRows::Visits(rows) => {
                let done = visits::import::import_rows(tx, authorized, rows)?;
                let changes = done.added.iter().map(|id| Change::new(ChangeKind::VisitEvent, id.0, FIRST_VERSION));
                let changes = changes.collect();
                let (added, unchanged) = (done.added.len(), done.unchanged);
                Ok((Counts { added, unchanged, warnings: done.warnings, ..Counts::default() }, changes))
            }
        }
    }
}

fn exhibitor_changes(done: &applications::import::ImportSummary) -> Vec<Change> {
    let exhibitors = done.exhibitors.iter().map(|(id, contact)| {
        let contact = contact.map(|contact| contact.to_string()).unwrap_or_default();
        Change::new(ChangeKind::Exhibitor, id.0, contact)
    });
    let contacts = done.contacts.iter().map(|row| Change::new(ChangeKind::Contact, row.id.0, row.digest()));
    let applications =
        done.applications.iter().map(|(id, _)| Change::new(ChangeKind::Application, id.0, FIRST_VERSION));
    exhibitors.chain(contacts).chain(applications).collect()
}

fn report_changes(done: &sales::import::ImportSummary) -> Result<Vec<Change>, Problem> {
    let added = done.added.iter().map(|id| Ok(Change::new(ChangeKind::SalesReport, id.0, FIRST_VERSION)));
    let corrected = done.corrected.iter().map(|(id, revision, before)| {
        Change::new(ChangeKind::SalesReport, id.0, revision.to_string()).with_before(before)
    });
    added.chain(corrected).collect()
}

/// Imports products into the applications of exhibitors, which are matched by exact name if only one has it.
fn add_products(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    lines: Vec<(u64, ProductRecord)>,
) -> Result<(Counts, Vec<Change>), Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let mut by_name: HashMap<String, Option<ApplicationId>> = HashMap::new();
    for (application, _, name) in applications::store::find_applicants(tx, edition.id)? {
        by_name.entry(name).and_modify(|id| *id = None).or_insert(Some(application));
    }
    let sellers: Vec<ApplicationId> = by_name.values().flatten().copied().collect();
    let (mut existing, mut last_lines) = (BTreeSet::new(), HashMap::<ApplicationId, i32>::new());
    for (application, line, name) in applications::products::find_names(tx, &sellers)? {
        existing.insert((application, name));
        last_lines.insert(application, line);
    }
    let (mut checks, mut new, mut unchanged) = (Validator::default(), Vec::new(), 0);
    for (line, record) in lines {
        let pointer = |field: &str| format!("/{line}/{field}");
        let seller = text::normalize(&record.exhibitor, 200).and_then(|name| by_name.get(&name).copied().flatten());
        checks.require(
            seller.is_some(),
            &pointer("exhibitor"),
            FieldCode::Unknown,
            MessageId("import-unknown-exhibitor").with_args(&[("line", &line)]),
        );
        let product = DeclaredProduct {
            name: checks.require_text(&pointer("name"), &record.name, 200),
            product_group: record.group,
            declared_stars: record.stars,
            certificate_number: record.certificate_number,
            certificate_expires_on: record.certificate_expires_on,
        };
        // The column of the stars is `stars` in tables.
        let field = |name: &str| pointer(if name == "declared_stars" { "stars" } else { name });
        applications::products::validate_declared(&mut checks, &product, &field);
        let Some(application) = seller else { continue };
        if !existing.insert((application, product.name.clone())) {
            unchanged += 1;
            continue;
        }
        let next = last_lines.get(&application).copied().unwrap_or(0) + 1;
        let fits = usize::try_from(next).is_ok_and(|n| n <= MAX_PRODUCTS);
        let message = MessageId("error-product-list-length").with_number("max", MAX_PRODUCTS);
        checks.require(fits, &pointer("name"), FieldCode::Length, message);
        last_lines.insert(application, next);
        new.push(applications::products::to_row(application, next, product));
    }
    checks.finish()?;
    applications::products::insert(tx, &new)?;
    authorized.record_audit(tx, AuditAction::ProductImport, edition.id, None, Some(new.len()))?;
    let change = |row: &ApplicationProductRow| {
        Change::new(ChangeKind::Product, row.application_id.0, row.digest()).with_part(row.line)
    };
    Ok((Counts { added: new.len(), unchanged, ..Counts::default() }, new.iter().map(change).collect()))
}
