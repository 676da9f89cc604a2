//! What applied imports made, and undoing it as one step while nothing else has changed it.
use serde::Serialize;
use strum::VariantArray;

use super::{
    chunks::CHUNK_ROWS,
    store::{self, ChangeKind, ChangeRow},
};
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
    values::ids::{ApplicationId, BoothId, ContactId, ExhibitorId, ImportId, SalesReportId, SubjectId, VisitEventId},
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

/// Undoes an import: deletes the rows that it created and sets those that it changed back. Returns their number. `reason` is that of
/// corrected sales reports.
///
/// # Errors
/// `illegal_step` if something has changed what the import made; names it.
pub(super) fn undo(tx: &mut Tx<'_>, authorized: &Authorized, import: ImportId, reason: &str) -> Result<usize, Problem> {
    // A finalised edition stays as it is.
    editions::store::lock_open(tx, authorized.edition()?)?;
    let mut undone = 0;
    for kind in ChangeKind::VARIANTS.iter().copied() {
        let (mut changed, mut after) = (Vec::new(), None);
        loop {
            let part = store::changes_page(tx, import, kind, after, CHUNK_ROWS)?;
            let Some(last) = part.last() else { break };
            after = Some((last.subject, last.part));
            undone += part.len();
            changed.extend(take_back(tx, authorized, kind, part, reason)?);
        }
        if !changed.is_empty() {
            return Err(refused(kind, &changed));
        }
    }
    store::delete_changes(tx, import)?;
    Ok(undone)
}

/// Takes rows of one kind back; returns the names of those that something has changed.
fn take_back(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    kind: ChangeKind,
    rows: Vec<ChangeRow>,
    reason: &str,
) -> Result<Vec<String>, Problem> {
    let ids = || rows.iter().map(|row| row.subject.0);
    match kind {
        ChangeKind::Booth => {
            let ids: Vec<BoothId> = ids().map(BoothId).collect();
            Ok(floor::undo::delete_imported(tx, authorized.edition()?, &ids)?)
        }
        ChangeKind::Product => {
            let product = |row: ChangeRow| AddedProduct {
                application: ApplicationId(row.subject.0),
                line: row.part,
                digest: row.version,
            };
            let products: Vec<AddedProduct> = rows.into_iter().map(product).collect();
            Ok(applications::undo::delete_imported_products(tx, &products)?)
        }
        ChangeKind::Application => {
            let ids: Vec<ApplicationId> = ids().map(ApplicationId).collect();
            Ok(applications::undo::delete_imported(tx, &ids)?)
        }
        ChangeKind::Contact => {
            let contacts = rows.into_iter().map(|row| (ContactId(row.subject.0), row.version)).collect();
            Ok(exhibitors::undo::delete_imported_contacts(tx, &contacts)?)
        }
        ChangeKind::Exhibitor => {
            let record = |row: ChangeRow| (ExhibitorId(row.subject.0), row.version.parse().ok());
            Ok(exhibitors::undo::delete_imported(tx, &rows.into_iter().map(record).collect())?)
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
            let reports = rows.into_iter().map(report).collect::<Result<_, _>>()?;
            sales::undo::take_back(tx, authorized, &reports, reason)
        }
        ChangeKind::VisitEvent => {
            let ids: Vec<VisitEventId> = ids().map(VisitEventId).collect();
            visits::undo::delete_imported(tx, authorized, &ids)
        }
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
