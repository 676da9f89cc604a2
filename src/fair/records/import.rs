//! Import of records into a new edition.
use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    states::EditionState,
    values::ids::{EditionId, ExhibitorId},
};
use hoicho_web::{
    http::{Code, Problem, Validator},
    identity::Authorized,
};

/// A record that can be imported.
pub trait ImportRecords: Sized {
    /// Inserts records. Those that refer to an exhibitor that was not imported before are rejected.
    fn import(records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem>;
}

/// Validates a record by the rules by which the API validates what is typed; an error names the record and the field.
pub fn validate(
    kind: &str,
    id: impl std::fmt::Display,
    check: impl FnOnce(&mut Validator, &str),
) -> Result<(), Problem> {
    let mut checks = Validator::default();
    check(&mut checks, &format!("/{kind}/{id}"));
    checks.finish()
}

/// Inserts rows in batches.
macro_rules! insert_rows {
    ($tx:expr, $table:ident, $rows:expr) => {{
        let rows: Vec<_> = $rows.collect();
        for part in rows.chunks(hoicho_core::db::MAX_ROWS_PER_INSERT) {
            hoicho_core::on_either!($tx, |c| diesel::insert_into($table::table).values(part).execute(c))?;
        }
    }};
}
pub(crate) use insert_rows;

/// Import of an archive in progress: the new edition, and which exhibitors those of the archive are.
pub struct ArchiveImport<'t, 'c> {
    pub tx: &'t mut Tx<'c>,
    pub authorized: &'t Authorized,
    /// Slug of the new edition.
    pub slug: String,
    edition: Option<(EditionId, EditionState)>,
    exhibitors: HashMap<ExhibitorId, ExhibitorId>,
    created_exhibitors: HashSet<ExhibitorId>,
    matched_exhibitors: HashSet<ExhibitorId>,
}

impl<'t, 'c> ArchiveImport<'t, 'c> {
    /// Starts an import.
    pub fn new(tx: &'t mut Tx<'c>, authorized: &'t Authorized, slug: String) -> Self {
        Self {
            tx,
            authorized,
            slug,
            edition: None,
            exhibitors: HashMap::new(),
            created_exhibitors: HashSet::new(),
            matched_exhibitors: HashSet::new(),
        }
    }

    /// The new edition. Fails before [`Self::set_edition`].
    pub fn edition(&self) -> Result<EditionId, Problem> {
        self.edition
            .map(|(id, _)| id)
            .ok_or_else(|| Problem::new(Code::Invalid, MessageId("error-archive-not-edition")))
    }

    /// State of the new edition; `None` before [`Self::set_edition`].
    pub fn edition_state(&self) -> Option<EditionState> {
        self.edition.map(|(_, state)| state)
    }

    /// Sets the new edition.
    pub fn set_edition(&mut self, edition: EditionId, state: EditionState) {
        self.edition = Some((edition, state));
    }

    /// Replaces identifiers of the archive by those of the new rows. A new identifier is derived (UUIDv5) from the new
    /// edition and the one in the archive, so references resolve without a lookup table and never collide with another
    /// edition.
    pub fn derive_ids<const N: usize>(&self, ids: [&mut Uuid; N]) -> Result<(), Problem> {
        let edition = self.edition()?;
        for id in ids {
            *id = Uuid::new_v5(&edition.0, id.as_bytes());
        }
        Ok(())
    }

    /// The stored exhibitor of an exhibitor in the archive. Fails if its record was not imported.
    pub fn exhibitor(&self, archived: ExhibitorId) -> Result<ExhibitorId, Problem> {
        self.exhibitors
            .get(&archived)
            .copied()
            .ok_or_else(|| Problem::new(Code::Invalid, MessageId("error-archive-unknown-exhibitor")))
    }

    /// Records that an exhibitor of the archive existed already.
    pub fn match_exhibitor(&mut self, archived: ExhibitorId, existing: ExhibitorId) {
        self.exhibitors.insert(archived, existing);
        self.matched_exhibitors.insert(existing);
    }

    /// Records that an exhibitor of the archive was created.
    pub fn add_exhibitor(&mut self, archived: ExhibitorId, created: ExhibitorId) {
        self.exhibitors.insert(archived, created);
        self.created_exhibitors.insert(created);
    }

    /// Whether an exhibitor of the archive was created as this record or matched with it.
    pub fn stands_for(&self, exhibitor: ExhibitorId) -> bool {
        self.created_exhibitors.contains(&exhibitor) || self.matched_exhibitors.contains(&exhibitor)
    }

    /// Number of exhibitors created, and number of exhibitors matched.
    pub fn exhibitor_counts(&self) -> (usize, usize) {
        (self.created_exhibitors.len(), self.matched_exhibitors.len())
    }
}
