//! Records of an archive. Their names and fields are a stable file format: newer versions read files of older ones.
use chrono::NaiveTime;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    allocation::{AllocationState, participants::ParticipantRole},
    applications::ApplicationState,
    editions::EditionState,
    exhibitors::LegalForm,
    floor::{BoothAvailability, BoothCategory, Eligibility},
    products::ProductGroup,
    sales::{ReportState, deals::DealKind, lines::Line},
};
use hoicho_core::values::{
    clock::{Day, Instant},
    ids::{
        AllocationId, ApplicationId, BoothId, EditionId, ExhibitorId, GateId, ParticipantId, ProductId, SalesReportId,
        TradeDealId, VisitEventId, ZoneId,
    },
    text,
};

/// Version of the file format.
pub(super) const FORMAT_VERSION: u32 = 1;

/// Max characters of a text.
const MAX_TEXT_CHARACTERS: usize = 2_000;

/// Text that is validated when deserialized (length, no control characters), because files are untrusted input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct CleanText(pub(super) String);

impl<'de> Deserialize<'de> for CleanText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = String::deserialize(deserializer)?;
        let is_valid = value.is_empty() || text::normalize(&value, MAX_TEXT_CHARACTERS).is_some();
        if is_valid {
            Ok(Self(value))
        } else {
            Err(serde::de::Error::custom("text is too long or contains control characters"))
        }
    }
}

impl From<String> for CleanText {
    fn from(value: String) -> Self {
        Self(value)
    }
}

/// One line of an archive.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Record {
    Archive {
        format: u32,
        program: String,
        made_at: Instant,
    },
    Edition {
        id: EditionId,
        slug: CleanText,
        name: CleanText,
        state: EditionState,
        time_zone: CleanText,
        currency: CleanText,
        series: Option<CleanText>,
        venue: Option<CleanText>,
        address: Option<CleanText>,
        declared_booths: Option<i32>,
        declared_visits: Option<i64>,
        declared_sales: Option<i64>,
    },
    OpeningDay {
        day: Day,
        opens_at: NaiveTime,
        closes_at: NaiveTime,
    },
    Zone {
        id: ZoneId,
        code: CleanText,
        name: CleanText,
        eligibility: Eligibility,
    },
    BoothCategory {
        category: BoothCategory,
        area_dm2: i32,
        fee: i64,
        booth_equivalents: i32,
    },
    Booth {
        id: BoothId,
        zone: ZoneId,
        code: CleanText,
        row_label: CleanText,
        place: i32,
        category: BoothCategory,
        area_dm2: i32,
        fee: i64,
        booth_equivalents: i32,
        availability: BoothAvailability,
        has_power: bool,
        has_water: bool,
        x_dm: Option<i32>,
        y_dm: Option<i32>,
        width_dm: Option<i32>,
        depth_dm: Option<i32>,
    },
    Exhibitor {
        id: ExhibitorId,
        name: CleanText,
        legal_form: LegalForm,
        tax_code: Option<CleanText>,
        country: CleanText,
        locality_code: Option<CleanText>,
        locality: CleanText,
    },
    Product {
        id: ProductId,
        exhibitor: ExhibitorId,
        name: CleanText,
        product_group: ProductGroup,
        stars: Option<i32>,
        certificate_number: Option<CleanText>,
        certificate_expires_on: Option<Day>,
    },
    Application {
        id: ApplicationId,
        exhibitor: ExhibitorId,
        state: ApplicationState,
        booths_wanted: i32,
        category: BoothCategory,
        needs: Option<CleanText>,
        reason: Option<CleanText>,
        waitlisted_at: Option<Instant>,
        created_at: Instant,
        needs_power: bool,
        needs_water: bool,
        needs_corner: bool,
    },
    Allocation {
        id: AllocationId,
        booth: BoothId,
        application: ApplicationId,
        state: AllocationState,
        expires_at: Option<Instant>,
        created_at: Instant,
    },
    Participant {
        id: ParticipantId,
        allocation: AllocationId,
        role: ParticipantRole,
        exhibitor: Option<ExhibitorId>,
        name: CleanText,
        country: CleanText,
    },
    SalesReport {
        id: SalesReportId,
        booth: BoothId,
        day: Day,
        state: ReportState,
        amount: i64,
        ocop_amount: i64,
        note: Option<CleanText>,
        version: i32,
    },
    SalesReportVersion {
        report: SalesReportId,
        version: i32,
        amount: i64,
        ocop_amount: i64,
        reason: Option<CleanText>,
        recorded_at: Instant,
    },
    SalesReportLine {
        report: SalesReportId,
        version: i32,
        #[serde(flatten)]
        line: Line,
    },
    Gate {
        id: GateId,
        name: CleanText,
    },
    VisitCount {
        id: VisitEventId,
        gate: GateId,
        occurred_at: Instant,
        local_day: Day,
        local_hour: i32,
        entries: i64,
        exits: i64,
        reason: Option<CleanText>,
        recorded_at: Instant,
    },
    TradeDeal {
        id: TradeDealId,
        exhibitor: ExhibitorId,
        kind: DealKind,
        counterpart: CleanText,
        amount: i64,
        signed_on: Day,
        note: Option<CleanText>,
    },
    End {
        records: u64,
    },
}
