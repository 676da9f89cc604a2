//! What applied imports made, and undoing it while nothing else has changed it.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::QueryResult;
use serde::Serialize;
use strum::VariantArray;

use super::store::{self, ChangeKind, ChangeRow};
use crate::{
    applications::{self, undo::AddedProduct},
    editions, exhibitors, floor,
    sales::{
        self,
        undo::{ReportBefore, WrittenReport},
    },
    visits,
};
use hoicho_core::{
    db::Tx,
    i18n::{LocalizedText, MessageId},
    values::ids::{
        ApplicationId, BoothId, ContactId, EditionId, ExhibitorId, ImportId, SalesReportId, SubjectId, VisitEventId,
    },
};
use hoicho_web::{
    http::{Code, Problem},
    identity::Authorized,
};

/// A row that an import made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    kind: ChangeKind,
    subject: SubjectId,
    part: i32,
    version: String,
    before_json: Option<String>,
}

impl Change {
    /// A row that was created.
    pub(super) fn new(kind: ChangeKind, subject: uuid::Uuid, version: impl Into<String>) -> Self {
        Self { kind, subject: SubjectId(subject), part: 0, version: version.into(), before_json: None }
    }
    /// The line, of a product.
    pub(super) fn with_part(self, part: i32) -> Self {
        Self { part, ..self }
    }
    /// What the row was before.
    pub(super) fn with_before(self, before: &impl Serialize) -> Result<Self, Problem> {
        let json = serde_json::to_string(before).map_err(|_| Code::Internal)?;
        Ok(Self { before_json: Some(json), ..self })
    }
}

/// Records what a part of an import made.
pub(super) fn record(tx: &mut Tx<'_>, import: ImportId, made: Vec<Change>) -> Result<(), Problem> {
    let row = |Change { kind, subject, part, version, before_json }: Change| ChangeRow {
        import_id: import,
        kind,
        subject,
        part,
        version,
        before_json,
    };
    let rows: Vec<ChangeRow> = made.into_iter().map(row).collect();
    Ok(store::insert_changes(tx, &rows)?)
}

/// Max changed rows that a refusal names.
const MAX_NAMED: usize = 10;

/// Changed rows that are read at once.
const PAGE_ROWS: usize = 5_000;

/// Checks that nothing has changed what an import made. Only reads; each step of the undo checks its own rows again.
///
/// # Errors
/// `illegal_step` if something has; names it.
pub(super) fn check_unchanged(tx: &mut Tx<'_>, authorized: &Authorized, import: ImportId) -> Result<(), Problem> {
    let edition = editions::store::find_open(tx, authorized.edition()?)?.id;
    let own = store::find_subjects(tx, import, ChangeKind::Application)?;
    let own: BTreeSet<ApplicationId> = own.into_iter().map(|subject| ApplicationId(subject.0)).collect();
    for kind in ChangeKind::VARIANTS.iter().copied() {
        let (mut changed, mut after) = (Vec::new(), None);
        loop {
            let part = store::changes_page(tx, import, kind, after, PAGE_ROWS)?;
            let Some(last) = part.last() else { break };
            after = Some((last.subject, last.part));
            changed.extend(Made::new(kind, part)?.find_changed(tx, edition, &own)?);
        }
        if !changed.is_empty() {
            return Err(refused(kind, &changed));
        }
    }
    Ok(())
}

/// Undoes the next `limit` rows of an import: deletes those that it created and sets those that it changed back. Returns their number, 0
/// if there are no more. `reason` is that of corrected sales reports.
///
/// # Errors
/// `illegal_step` if something has changed one of them; names it.
pub(super) fn undo_next(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    import: ImportId,
    reason: &str,
    limit: usize,
) -> Result<usize, Problem> {
    // A finalised edition stays as it is.
    editions::store::lock_open(tx, authorized.edition()?)?;
    for kind in ChangeKind::VARIANTS.iter().copied() {
        let part = store::changes_page(tx, import, kind, None, limit)?;
        let Some(last) = part.last().map(|last| (last.subject, last.part)) else { continue };
        let undone = part.len();
        let changed = Made::new(kind, part)?.take_back(tx, authorized, reason)?;
        if !changed.is_empty() {
            return Err(refused(kind, &changed));
        }
        store::delete_changes(tx, import, kind, last)?;
        return Ok(undone);
    }
    Ok(0)
}

/// Rows of a kind that an import made, as the capability that owns them takes them.
enum Made {
    Booths(Vec<BoothId>),
    Products(Vec<AddedProduct>),
    Applications(Vec<ApplicationId>),
    Contacts(HashMap<ContactId, String>),
    Exhibitors(BTreeMap<ExhibitorId, Option<ContactId>>),
    Reports(HashMap<SalesReportId, WrittenReport>),
    Counts(Vec<VisitEventId>),
}

impl Made {
    fn new(kind: ChangeKind, rows: Vec<ChangeRow>) -> Result<Self, Problem> {
        let ids = || rows.iter().map(|row| row.subject.0);
        Ok(match kind {
            ChangeKind::Booth => Self::Booths(ids().map(BoothId).collect()),
            ChangeKind::Product => {
                let product = |row: ChangeRow| AddedProduct {
                    application: ApplicationId(row.subject.0),
                    line: row.part,
                    digest: row.version,
                };
                Self::Products(rows.into_iter().map(product).collect())
            }
            ChangeKind::Application => Self::Applications(ids().map(ApplicationId).collect()),
            ChangeKind::Contact => {
                Self::Contacts(rows.into_iter().map(|row| (ContactId(row.subject.0), row.version)).collect())
            }
            ChangeKind::Exhibitor => {
                let record = |row: ChangeRow| (ExhibitorId(row.subject.0), row.version.parse().ok());
                Self::Exhibitors(rows.into_iter().map(record).collect())
            }
            ChangeKind::SalesReport => {
                let report = |row: ChangeRow| {
                    let before: Option<ReportBefore> = match &row.before_json {
                        Some(json) => Some(serde_json::from_str(json).map_err(|_| Code::Internal)?),
                        None => None,
                    };
                    let revision = row.version.parse().map_err(|_| Code::Internal)?;
                    Ok::<_, Problem>((SalesReportId(row.subject.0), WrittenReport { revision, before }))
                };
                Self::Reports(rows.into_iter().map(report).collect::<Result<_, _>>()?)
            }
            ChangeKind::VisitEvent => Self::Counts(ids().map(VisitEventId).collect()),
        })
    }

    /// The names of those that something has changed.
    fn find_changed(
        &self,
        tx: &mut Tx<'_>,
        edition: EditionId,
        own_applications: &BTreeSet<ApplicationId>,
    ) -> QueryResult<Vec<String>> {
        match self {
            Self::Booths(ids) => floor::undo::find_changed(tx, edition, ids),
            Self::Products(products) => applications::undo::find_changed_products(tx, products),
            Self::Applications(ids) => applications::undo::find_changed(tx, ids),
            Self::Contacts(contacts) => exhibitors::undo::find_changed_contacts(tx, contacts),
            Self::Exhibitors(records) => exhibitors::undo::find_changed(tx, records, own_applications),
            Self::Reports(reports) => sales::undo::find_changed(tx, edition, reports),
            Self::Counts(ids) => visits::undo::find_changed(tx, edition, ids),
        }
    }

    /// Takes them back, or none of them if something has changed one; returns the names of those.
    fn take_back(&self, tx: &mut Tx<'_>, authorized: &Authorized, reason: &str) -> Result<Vec<String>, Problem> {
        Ok(match self {
            Self::Booths(ids) => floor::undo::delete_imported(tx, authorized.edition()?, ids)?,
            Self::Products(products) => applications::undo::delete_imported_products(tx, products)?,
            Self::Applications(ids) => applications::undo::delete_imported(tx, ids)?,
            Self::Contacts(contacts) => exhibitors::undo::delete_imported_contacts(tx, contacts)?,
            Self::Exhibitors(records) => exhibitors::undo::delete_imported(tx, records)?,
            Self::Reports(reports) => sales::undo::take_back(tx, authorized, reports, reason)?,
            Self::Counts(ids) => visits::undo::delete_imported(tx, authorized, ids)?,
        })
    }
}

fn refused(kind: ChangeKind, changed: &[String]) -> Problem {
    let names = changed.iter().take(MAX_NAMED).cloned().collect::<Vec<_>>().join(", ");
    let names = LocalizedText::verbatim(names.clone(), names);
    let message = match kind {
        ChangeKind::Booth => MessageId("import-undo-booths-changed"),
        ChangeKind::Product => MessageId("import-undo-products-changed"),
        ChangeKind::Application => MessageId("import-undo-applications-changed"),
        ChangeKind::Contact => MessageId("import-undo-contacts-changed"),
        ChangeKind::Exhibitor => MessageId("import-undo-exhibitors-changed"),
        ChangeKind::SalesReport => MessageId("import-undo-reports-changed"),
        ChangeKind::VisitEvent => MessageId("import-undo-counts-changed"),
    };
    let text = message.with_number("n", changed.len()).with_text("names", names);
    Problem::new(Code::IllegalStep, text)
}
