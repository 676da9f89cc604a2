//! Takes an archive in as a new edition of an organiser: all of it or nothing.
use super::{
    arriving::Arriving,
    record::{FORMAT, Record},
};
use hoicho_core::{db::Tx, i18n::Said, values::ids::EditionId};
use hoicho_web::{
    http::{Code, Problem},
    identity::Granted,
};

fn broken(line: u64, why: &dyn std::fmt::Display) -> Problem {
    let why: String = why.to_string().chars().take(200).collect();
    Problem::new(Code::Invalid, Said("archive-line").with(&[("line", &line), ("fault", &why)]))
}

/// What is new because of an archive.
#[derive(Debug, Default, serde::Serialize, utoipa::ToSchema)]
pub(super) struct TakenIn {
    /// Lines that were read.
    pub(super) records: u64,
    /// Exhibitors that were not known.
    pub(super) exhibitors_added: usize,
    /// Exhibitors that were known, by their tax code or because they came from here.
    pub(super) exhibitors_known: usize,
}

/// Refuses a part of a file before anything is done with it: its last record counts the others.
fn check_whole(file: &[u8]) -> Result<(), Problem> {
    let mut lines = file.split(|b| *b == b'\n').filter(|line| !line.is_empty()).rev();
    let counted = lines.next().and_then(|last| serde_json::from_slice(last).ok()).and_then(|record| match record {
        Record::End { records } => usize::try_from(records).ok(),
        _ => None,
    });
    if counted == Some(lines.count()) { Ok(()) } else { Err(Problem::new(Code::Invalid, Said("archive-not-whole"))) }
}

/// Takes an archive in; the new edition, and what is new beside it.
pub(super) fn take_in(
    tx: &mut Tx<'_>,
    granted: &Granted,
    file: &[u8],
    slug: String,
) -> Result<(EditionId, TakenIn), Problem> {
    check_whole(file)?;
    let mut arriving = Arriving::new(tx, granted, slug);
    let mut at = 0_u64;
    for line in file.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        at += 1;
        let record: Record = serde_json::from_slice(line).map_err(|e| broken(at, &e))?;
        match (&record, at) {
            (Record::Archive { format: FORMAT, .. }, 1) => {}
            (Record::Archive { format, .. }, 1) => return Err(broken(at, &format!("format {format}"))),
            (_, 1) => return Err(Problem::new(Code::Invalid, Said("archive-no-edition"))),
            (Record::Archive { .. }, _) => return Err(broken(at, &"a second archive")),
            (Record::Edition { .. }, _) if arriving.has_begun() => return Err(broken(at, &"a second edition")),
            _ => {}
        }
        arriving.take(record)?;
    }
    let (edition, mut done) = arriving.end()?;
    done.records = at;
    granted.audit(tx, "edition.take_in", edition, None, Some(&done))?;
    Ok((edition, done))
}
