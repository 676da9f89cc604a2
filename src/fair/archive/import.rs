//! Imports an archive as a new edition of an organiser, in one transaction.
use super::record::{Batch, FORMAT_VERSION, Record};
use crate::{allocation, editions, records::ArchiveImport, sales, statistics, visits};
use hoicho_core::{db::Tx, i18n::MessageId, states::EditionState, values::ids::EditionId};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, Problem},
    identity::Authorized,
};

fn invalid_line(line: u64, error: &dyn std::fmt::Display) -> Problem {
    let error: String = error.to_string().chars().take(200).collect();
    Problem::new(Code::Invalid, MessageId("error-archive-line").with_args(&[("line", &line), ("reason", &error)]))
}

/// Summary of an archive import.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = TakenIn)]
pub(super) struct ImportSummary {
    /// Number of imported lines.
    pub(super) records: u64,
    /// Exhibitors that were created.
    pub(super) exhibitors_added: usize,
    /// Exhibitors that existed already: same tax code, or same identifier and name.
    pub(super) exhibitors_known: usize,
}

/// Rejects a truncated file before anything is imported: the last record holds the number of the others.
fn check_complete(file: &[u8]) -> Result<(), Problem> {
    let mut lines = file.split(|b| *b == b'\n').filter(|line| !line.is_empty()).rev();
    let expected = lines.next().and_then(|last| serde_json::from_slice(last).ok()).and_then(|record| match record {
        Record::End { records } => usize::try_from(records).ok(),
        _ => None,
    });
    if expected == Some(lines.count()) {
        Ok(())
    } else {
        Err(Problem::new(Code::Invalid, MessageId("error-archive-incomplete")))
    }
}

/// Checks that a record may follow those before it: the archive record is the first, and only exhibitors may precede the
/// edition.
fn check_order(record: &Record, line: u64, has_edition: bool) -> Result<(), Problem> {
    match (record, line) {
        (Record::Archive { format: FORMAT_VERSION, .. }, 1) => Ok(()),
        (Record::Archive { format, .. }, 1) => Err(invalid_line(line, &format!("format {format}"))),
        (_, 1) => Err(Problem::new(Code::Invalid, MessageId("error-archive-not-edition"))),
        (Record::Archive { .. }, _) => Err(invalid_line(line, &"a second archive")),
        (Record::Edition(_), _) if has_edition => Err(invalid_line(line, &"a second edition")),
        (Record::Edition(_) | Record::Exhibitor(_) | Record::End { .. }, _) => Ok(()),
        _ if has_edition => Ok(()),
        _ => Err(Problem::new(Code::Invalid, MessageId("error-archive-not-edition"))),
    }
}

/// The records of an archive, in the batches in which they are inserted.
pub(super) struct ParsedArchive {
    batches: Vec<Batch>,
    records: u64,
}

/// Parses an archive, before the transaction that writes it.
pub(super) fn parse(file: &[u8]) -> Result<ParsedArchive, Problem> {
    check_complete(file)?;
    let (mut batches, mut batch) = (Vec::new(), Batch::default());
    let (mut records, mut has_edition) = (0_u64, false);
    for line in file.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        records += 1;
        let record: Record = serde_json::from_slice(line).map_err(|e| invalid_line(records, &e))?;
        check_order(&record, records, has_edition)?;
        if batch.must_flush_before(&record) {
            batches.push(std::mem::take(&mut batch));
        }
        let is_edition = matches!(record, Record::Edition(_));
        batch.push(record);
        if is_edition {
            has_edition = true;
            batches.push(std::mem::take(&mut batch));
        }
    }
    batches.push(batch);
    Ok(ParsedArchive { batches, records })
}

/// Imports the records; returns the new edition and a summary. Figures of a finalised edition are frozen.
fn import_records(
    mut import: ArchiveImport<'_, '_>,
    ParsedArchive { batches, records }: ParsedArchive,
) -> Result<(EditionId, ImportSummary), Problem> {
    for batch in batches {
        batch.insert(&mut import)?;
    }
    let edition = import.edition()?;
    editions::store::refresh_schedule(import.tx, edition, import.authorized.now)?;
    editions::archive::check_imported(&mut import)?;
    allocation::archive::check_imported(&mut import)?;
    sales::archive::check_imported(&mut import)?;
    visits::archive::check_imported(&mut import)?;
    if import.edition_state() == Some(EditionState::Finalised) {
        statistics::freeze(import.tx, edition, import.authorized.now)?;
    }
    let (exhibitors_added, exhibitors_known) = import.exhibitor_counts();
    Ok((edition, ImportSummary { records, exhibitors_added, exhibitors_known }))
}

/// Imports an archive; returns the new edition and a summary.
pub(super) fn import(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    archive: ParsedArchive,
    slug: String,
) -> Result<(EditionId, ImportSummary), Problem> {
    let (edition, summary) = import_records(ArchiveImport::new(tx, authorized, slug), archive)?;
    authorized.record_audit(tx, AuditAction::EditionImport, edition, None, Some(&summary))?;
    Ok((edition, summary))
}
