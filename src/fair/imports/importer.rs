//! Plans and writes parts of a table by the functions of the capabilities, and says what they made.
use std::collections::{BTreeSet, HashMap};

use super::{
    changes::Change,
    parse_rows::{ParsedRows, ProductRecord},
    store::ChangeKind,
};
use crate::{
    applications::{
        self,
        import::{ExhibitorImport, PlannedExhibitors},
        products::{ApplicationProductRow, DeclaredProduct, MAX_PRODUCTS},
    },
    editions,
    floor::{self, import::BoothImport, store::BoothRow},
    sales::{
        self,
        import::{PlannedReports, ReportImport},
    },
    visits::{
        self,
        import::{CountImport, PlannedCounts},
        store::EventRow,
    },
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{
        ids::{ApplicationId, ContactId, ExhibitorId},
        text,
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{
        Code, FieldCode, FieldError, Problem, Validator,
        limits::{NameText, TextLimit},
    },
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
pub(super) enum Importer {
    Booths(BoothImport),
    Exhibitors(ExhibitorImport),
    Products(ProductImport),
    Sales(ReportImport),
    Visits(CountImport),
}

/// What a part of a table will write.
pub(super) enum PlannedPart {
    Booths(Vec<BoothRow>),
    Exhibitors(PlannedExhibitors),
    Products(Vec<ApplicationProductRow>),
    Sales(PlannedReports),
    Visits(PlannedCounts),
}

impl Importer {
    /// Loads it; rows with errors are left out.
    pub(super) fn load(
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        rows: &ParsedRows,
        bad_rows: &BTreeSet<u64>,
    ) -> Result<Self, Problem> {
        Ok(match rows {
            ParsedRows::Booths(_) => Self::Booths(BoothImport::load(tx, authorized)?),
            ParsedRows::Exhibitors(_) => Self::Exhibitors(ExhibitorImport::load(tx, authorized)?),
            ParsedRows::Products(_) => Self::Products(ProductImport::load(tx, authorized)?),
            ParsedRows::Sales(rows) => {
                let good = rows.iter().filter(|(row, _)| !bad_rows.contains(row)).map(|(_, report)| report);
                Self::Sales(ReportImport::load(tx, authorized, good)?)
            }
            ParsedRows::Visits(rows) => {
                let good = rows.iter().filter(|(row, _)| !bad_rows.contains(row)).map(|(_, count)| count);
                Self::Visits(CountImport::load(tx, authorized, good)?)
            }
        })
    }

    /// Plans a part of the table that was loaded: all of its rows, or none if one has an error.
    pub(super) fn plan(
        &mut self,
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        rows: ParsedRows,
    ) -> Result<(Counts, PlannedPart), Problem> {
        match (self, rows) {
            (Self::Booths(import), ParsedRows::Booths(rows)) => {
                let rows_read = rows.len();
                let booths = import.plan(rows)?;
                let unchanged = rows_read - booths.len();
                let counts = Counts { added: booths.len(), unchanged, ..Counts::default() };
                Ok((counts, PlannedPart::Booths(booths)))
            }
            (Self::Exhibitors(import), ParsedRows::Exhibitors(rows)) => {
                let planned = import.plan(tx, authorized, rows)?;
                let counts = Counts { added: planned.added(), unchanged: planned.unchanged, ..Counts::default() };
                Ok((counts, PlannedPart::Exhibitors(planned)))
            }
            (Self::Products(import), ParsedRows::Products(rows)) => {
                let (products, unchanged) = import.plan(rows)?;
                let counts = Counts { added: products.len(), unchanged, ..Counts::default() };
                Ok((counts, PlannedPart::Products(products)))
            }
            (Self::Sales(import), ParsedRows::Sales(rows)) => {
                let mut planned = import.plan(authorized, rows)?;
                let counts = Counts {
                    added: planned.added.len(),
                    changed: planned.corrected.len(),
                    unchanged: planned.unchanged,
                    to_confirm: std::mem::take(&mut planned.to_confirm),
                    warnings: Vec::new(),
                };
                Ok((counts, PlannedPart::Sales(planned)))
            }
            (Self::Visits(import), ParsedRows::Visits(rows)) => {
                let mut planned = import.plan(tx, authorized, rows)?;
                let counts = Counts {
                    added: planned.added.len(),
                    unchanged: planned.unchanged,
                    warnings: std::mem::take(&mut planned.warnings),
                    ..Counts::default()
                };
                Ok((counts, PlannedPart::Visits(planned)))
            }
            // A table is loaded by the kind of its rows.
            (Self::Booths(_) | Self::Exhibitors(_) | Self::Products(_) | Self::Sales(_) | Self::Visits(_), _) => {
                Err(Code::Internal.into())
            }
        }
    }
}

impl PlannedPart {
    /// Whether nothing is to be written: all rows are unchanged.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Booths(booths) => booths.is_empty(),
            Self::Exhibitors(planned) => planned.is_empty(),
            Self::Products(products) => products.is_empty(),
            Self::Sales(planned) => planned.added.is_empty() && planned.corrected.is_empty(),
            Self::Visits(planned) => planned.added.is_empty(),
        }
    }

    /// Writes it; returns what it made. Only inserts and updates: what has changed since it was planned is a conflict.
    pub(super) fn write(&self, tx: &mut Tx<'_>, authorized: &Authorized) -> Result<Vec<Change>, Problem> {
        match self {
            Self::Booths(booths) => {
                floor::import::write(tx, authorized, booths)?;
                Ok(booths.iter().map(|booth| Change::new(ChangeKind::Booth, booth.id.0, FIRST_VERSION)).collect())
            }
            Self::Exhibitors(planned) => {
                applications::import::write(tx, authorized, planned)?;
                Ok(exhibitor_changes(planned))
            }
            Self::Products(products) => {
                let edition = editions::store::lock_open(tx, authorized.edition()?)?;
                applications::products::insert(tx, products)?;
                authorized.record_audit(tx, AuditAction::ProductImport, edition.id, None, Some(products.len()))?;
                Ok(products.iter().map(product_change).collect())
            }
            Self::Sales(planned) => {
                sales::import::write(tx, authorized, planned)?;
                report_changes(planned)
            }
            Self::Visits(planned) => {
                visits::import::write(tx, authorized, &planned.added)?;
                let change = |event: &EventRow| Change::new(ChangeKind::VisitEvent, event.id.0, FIRST_VERSION);
                Ok(planned.added.iter().map(change).collect())
            }
        }
    }
}

fn exhibitor_changes(planned: &PlannedExhibitors) -> Vec<Change> {
    let contact_of: HashMap<ExhibitorId, ContactId> =
        planned.contacts.iter().map(|contact| (contact.exhibitor_id, contact.id)).collect();
    let exhibitors = planned.exhibitors.iter().map(|record| {
        let contact = contact_of.get(&record.id).map(ContactId::to_string).unwrap_or_default();
        Change::new(ChangeKind::Exhibitor, record.id.0, contact)
    });
    let contacts = planned.more_contacts.iter().map(|row| Change::new(ChangeKind::Contact, row.id.0, row.digest()));
    let applications =
        planned.applications.iter().map(|row| Change::new(ChangeKind::Application, row.id.0, FIRST_VERSION));
    exhibitors.chain(contacts).chain(applications).collect()
}

fn report_changes(planned: &PlannedReports) -> Result<Vec<Change>, Problem> {
    let added = planned.added.iter().map(|row| Ok(Change::new(ChangeKind::SalesReport, row.id.0, FIRST_VERSION)));
    let corrected = planned.before.iter().map(|(id, revision, before)| {
        Change::new(ChangeKind::SalesReport, id.0, revision.to_string()).with_before(before)
    });
    added.chain(corrected).collect()
}

fn product_change(row: &ApplicationProductRow) -> Change {
    Change::new(ChangeKind::Product, row.application_id.0, row.digest()).with_part(row.line)
}

/// An import of products into the applications of exhibitors, which are matched by exact name if only one has it: what is known of the
/// edition, loaded once for all parts of the file.
pub(super) struct ProductImport {
    by_name: HashMap<String, Option<ApplicationId>>,
    existing: BTreeSet<(ApplicationId, String)>,
    last_lines: HashMap<ApplicationId, i32>,
}

impl ProductImport {
    fn load(tx: &mut Tx<'_>, authorized: &Authorized) -> Result<Self, Problem> {
        let edition = editions::store::find_open(tx, authorized.edition()?)?;
        let mut by_name: HashMap<String, Option<ApplicationId>> = HashMap::new();
        for (application, _, name) in applications::store::find_applicants(tx, edition.id)? {
            by_name.entry(name).and_modify(|id| *id = None).or_insert(Some(application));
        }
        let sellers: Vec<ApplicationId> = by_name.values().flatten().copied().collect();
        let (mut existing, mut last_lines) = (BTreeSet::new(), HashMap::new());
        for (application, line, name) in applications::products::find_names(tx, &sellers)? {
            existing.insert((application, name));
            last_lines.insert(application, line);
        }
        Ok(Self { by_name, existing, last_lines })
    }

    /// The new products, and the number of rows that exist.
    fn plan(&mut self, lines: Vec<(u64, ProductRecord)>) -> Result<(Vec<ApplicationProductRow>, usize), Problem> {
        let (mut checks, mut new, mut unchanged) = (Validator::default(), Vec::<ApplicationProductRow>::new(), 0);
        let (mut existing, mut last_lines) = (BTreeSet::new(), HashMap::new());
        for (line, record) in lines {
            let pointer = |field: &str| format!("/{line}/{field}");
            let name = text::normalize(&record.exhibitor, NameText::MAX_CHARS);
            let seller = name.and_then(|name| self.by_name.get(&name).copied().flatten());
            checks.require(
                seller.is_some(),
                &pointer("exhibitor"),
                FieldCode::Unknown,
                MessageId("import-unknown-exhibitor").with_args(&[("line", &line)]),
            );
            let product = DeclaredProduct {
                name: checks.require_text::<NameText>(&pointer("name"), &record.name),
                product_group: record.group,
                declared_stars: record.stars,
                certificate_number: record.certificate_number,
                certificate_expires_on: record.certificate_expires_on,
            };
            // The column of the stars is `stars` in tables.
            let field = |name: &str| pointer(if name == "declared_stars" { "stars" } else { name });
            applications::products::validate_declared(&mut checks, &product, &field);
            let Some(application) = seller else { continue };
            let key = (application, product.name.clone());
            if self.existing.contains(&key) || !existing.insert(key) {
                unchanged += 1;
                continue;
            }
            let last = last_lines.get(&application).or_else(|| self.last_lines.get(&application));
            let next = last.copied().unwrap_or(0) + 1;
            let fits = usize::try_from(next).is_ok_and(|n| n <= MAX_PRODUCTS);
            let message = MessageId("error-product-list-length").with_number("max", MAX_PRODUCTS);
            checks.require(fits, &pointer("name"), FieldCode::Length, message);
            last_lines.insert(application, next);
            new.push(applications::products::to_row(application, next, product));
        }
        checks.finish()?;
        self.existing.extend(existing);
        self.last_lines.extend(last_lines);
        Ok((new, unchanged))
    }
}
