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
pub(super) const FORMAT: u32 = 1;

/// Max characters of a text.
const MAX_TEXT_CHARACTERS: usize = 2_000;

/// Text that is validated when deserialized (length, no control characters), because files are untrusted input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Words(pub(super) String);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = String::deserialize(deserializer)?;
        let is_valid = value.is_empty() || text::clean(&value, MAX_TEXT_CHARACTERS).is_some();
        if is_valid {
            Ok(Self(value))
        } else {
            Err(serde::de::Error::custom("text is too long or contains control characters"))
        }
    }
}

impl From<String> for Words {
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
        slug: Words,
        name: Words,
        state: EditionState,
        time_zone: Words,
        currency: Words,
        series: Option<Words>,
        venue: Option<Words>,
        address: Option<Words>,
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
        code: Words,
        name: Words,
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
        code: Words,
        row_label: Words,
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
        name: Words,
        legal_form: LegalForm,
        tax_code: Option<Words>,
        country: Words,
        locality_code: Option<Words>,
        locality: Words,
    },
    Product {
        id: ProductId,
        exhibitor: ExhibitorId,
        name: Words,
        product_group: ProductGroup,
        stars: Option<i32>,
        certificate_number: Option<Words>,
        certificate_expires_on: Option<Day>,
    },
    Application {
        id: ApplicationId,
        exhibitor: ExhibitorId,
        state: ApplicationState,
        booths_wanted: i32,
        category: BoothCategory,
        needs: Option<Words>,
        reason: Option<Words>,
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
        name: Words,
        country: Words,
    },
    SalesReport {
        id: SalesReportId,
        booth: BoothId,
        day: Day,
        state: ReportState,
        amount: i64,
        ocop_amount: i64,
        note: Option<Words>,
        version: i32,
    },
    SalesReportVersion {
        report: SalesReportId,
        version: i32,
        amount: i64,
        ocop_amount: i64,
        reason: Option<Words>,
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
        name: Words,
    },
    VisitCount {
        id: VisitEventId,
        gate: GateId,
        occurred_at: Instant,
        local_day: Day,
        local_hour: i32,
        entries: i64,
        exits: i64,
        reason: Option<Words>,
        recorded_at: Instant,
    },
    TradeDeal {
        id: TradeDealId,
        exhibitor: ExhibitorId,
        kind: DealKind,
        counterpart: Words,
        amount: i64,
        signed_on: Day,
        note: Option<Words>,
    },
    End {
        records: u64,
    },
}
