//! Records of an archive. Their names and fields are a stable file format: newer versions read files of older ones.
use serde::{Deserialize, Serialize};

use crate::{
    allocation::archive::{AllocationRecord, OccupancyRecord, ParticipantRecord},
    applications::archive::{ApplicationProductRecord, ApplicationRecord},
    editions::archive::{EditionRecord, OpeningDayRecord},
    exhibitors::archive::ExhibitorRecord,
    floor::archive::{BoothCategoryRecord, BoothRecord, ZoneRecord},
    records::{ArchiveImport, ImportRecords},
    sales::archive::{DealRecord, LineRecord, ReportRecord, VersionRecord},
    visits::archive::{GateRecord, VisitCountRecord},
};
use hoicho_core::values::clock::Instant;
use hoicho_web::http::Problem;

/// Version of the file format.
pub(super) const FORMAT_VERSION: u32 = 1;

/// Records buffered before they are inserted.
const MAX_BUFFERED_RECORDS: usize = 2_000;

macro_rules! records {
    ($($field:ident: $variant:ident($record:ty),)+) => {
        /// One line of an archive.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(tag = "record", rename_all = "snake_case", deny_unknown_fields)]
        pub(super) enum Record {
            Archive {
                format: u32,
                program: String,
                made_at: Instant,
            },
            $($variant($record),)+
            End {
                records: u64,
            },
        }

        $(impl From<$record> for Record {
            fn from(record: $record) -> Self {
                Self::$variant(record)
            }
        })+

        /// Buffer of records to import, by type, so that they are inserted in batches.
        #[derive(Default)]
        pub(super) struct Batch {
            buffered: usize,
            $($field: Vec<$record>,)+
        }

        impl Batch {
            /// Adds a record. The first and the last of an archive have nothing to insert.
            pub(super) fn push(&mut self, record: Record) {
                match record {
                    Record::Archive { .. } | Record::End { .. } => return,
                    $(Record::$variant(record) => self.$field.push(record),)+
                }
                self.buffered += 1;
            }

            /// Inserts all buffered records.
            pub(super) fn insert(self, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
                $(if !self.$field.is_empty() {
                    <$record>::import(self.$field, import)?;
                })+
                Ok(())
            }
        }
    };
}

// In the order of foreign keys.
records! {
    editions: Edition(EditionRecord),
    opening_days: OpeningDay(OpeningDayRecord),
    zones: Zone(ZoneRecord),
    booth_categories: BoothCategory(BoothCategoryRecord),
    booths: Booth(BoothRecord),
    exhibitors: Exhibitor(ExhibitorRecord),
    applications: Application(ApplicationRecord),
    application_products: ApplicationProduct(ApplicationProductRecord),
    allocations: Allocation(AllocationRecord),
    occupancies: Occupancy(OccupancyRecord),
    participants: Participant(ParticipantRecord),
    reports: SalesReport(ReportRecord),
    versions: SalesReportVersion(VersionRecord),
    lines: SalesReportLine(LineRecord),
    gates: Gate(GateRecord),
    visit_counts: VisitCount(VisitCountRecord),
    trade_deals: TradeDeal(DealRecord),
}

impl Batch {
    /// Whether the buffer must be flushed before this record is added: when it is full, and before an exhibitor that follows
    /// other records. Exhibitors are inserted before these, but must not serve references in lines above their own.
    pub(super) fn must_flush_before(&self, next: &Record) -> bool {
        let holds_others = self.buffered > self.exhibitors.len();
        self.buffered >= MAX_BUFFERED_RECORDS || (holds_others && matches!(next, Record::Exhibitor(_)))
    }
}
