//! Buffer of imported rows, so that they are inserted in batches.
use crate::{
    allocation::{self, participants, participants::ParticipantRow, store::AllocationRow},
    applications::{self, store::ApplicationRow},
    editions::{self, store::OpeningDayRow},
    floor::{
        self,
        store::{BoothCategoryRow, BoothRow},
    },
    products::{self, store::ProductRow},
    sales::{
        self, lines,
        store::{ReportRow, VersionRow},
    },
    visits::{self, store::EventRow},
};
use hoicho_core::{db::Tx, values::ids::EditionId};
use hoicho_web::http::Problem;

/// Rows buffered before they are inserted.
const MAX_BUFFERED_ROWS: usize = 2_000;

/// Buffered rows by table.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) days: Vec<OpeningDayRow>,
    pub(super) categories: Vec<BoothCategoryRow>,
    pub(super) booths: Vec<BoothRow>,
    pub(super) products: Vec<ProductRow>,
    pub(super) applications: Vec<ApplicationRow>,
    pub(super) allocations: Vec<AllocationRow>,
    pub(super) participants: Vec<ParticipantRow>,
    pub(super) reports: Vec<ReportRow>,
    pub(super) versions: Vec<VersionRow>,
    pub(super) lines: Vec<lines::NewLine>,
    pub(super) visits: Vec<EventRow>,
}

impl Batch {
    /// Inserts all buffered rows in the order of their foreign keys and clears the buffer.
    pub(super) fn flush(&mut self, tx: &mut Tx<'_>, edition: EditionId) -> Result<(), Problem> {
        let rows = std::mem::take(self);
        if !rows.days.is_empty() {
            editions::store::replace_days(tx, edition, &rows.days)?;
        }
        if !rows.categories.is_empty() {
            floor::store::replace_price_list(tx, edition, &rows.categories)?;
        }
        floor::store::insert_booths(tx, &rows.booths)?;
        products::store::insert(tx, &rows.products)?;
        applications::store::insert(tx, &rows.applications)?;
        allocation::store::insert(tx, &rows.allocations)?;
        participants::insert_all(tx, &rows.participants)?;
        sales::store::insert(tx, &rows.reports)?;
        sales::store::insert_versions(tx, &rows.versions)?;
        lines::insert_rows(tx, &rows.lines)?;
        visits::store::insert_events(tx, &rows.visits)?;
        Ok(())
    }

    /// Whether the buffer is full. Opening days and categories are few and not counted.
    pub(super) fn is_full(&self) -> bool {
        let buffered = self.booths.len()
            + self.products.len()
            + self.applications.len()
            + self.allocations.len()
            + self.participants.len()
            + self.reports.len()
            + self.versions.len()
            + self.lines.len()
            + self.visits.len();
        buffered >= MAX_BUFFERED_ROWS
    }
}
