//! Imports an archive as a new edition of an organiser, in one transaction.
use super::{
    importer::ArchiveImporter,
    record::{FORMAT_VERSION, Record},
};
use hoicho_core::{db::Tx, i18n::MessageId, values::ids::EditionId};
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
#[derive(Debug, Default, serde::Serialize, utoipa::ToSchema)]
pub(super) struct TakenIn {
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

/// Imports an archive; returns the new edition and a summary.
pub(super) fn import(
    tx: &mut Tx<'_>,
    granted: &Authorized,
    file: &[u8],
    slug: String,
) -> Result<(EditionId, TakenIn), Problem> {
    check_complete(file)?;
    let mut import = ArchiveImporter::new(tx, granted, slug);
    let mut line_number = 0_u64;
    for line in file.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        line_number += 1;
        let record: Record = serde_json::from_slice(line).map_err(|e| invalid_line(line_number, &e))?;
        match (&record, line_number) {
            (Record::Archive { format: FORMAT_VERSION, .. }, 1) => {}
            (Record::Archive { format, .. }, 1) => return Err(invalid_line(line_number, &format!("format {format}"))),
            (_, 1) => return Err(Problem::new(Code::Invalid, MessageId("error-archive-not-edition"))),
            (Record::Archive { .. }, _) => return Err(invalid_line(line_number, &"a second archive")),
            (Record::Edition { .. }, _) if import.has_edition() => {
                return Err(invalid_line(line_number, &"a second edition"));
            }
            _ => {}
        }
        import.import_record(record)?;
    }
    let (edition, mut summary) = import.finish()?;
    summary.records = line_number;
    granted.record_audit(tx, AuditAction::EditionTakeIn, edition, None, Some(&summary))?;
    Ok((edition, summary))
}
