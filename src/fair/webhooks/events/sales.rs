//! Events of sales reports and deals.
use serde::Serialize;

use super::parts::{EventBooth, EventEdition, EventExhibitor};
use crate::sales::deals::DealKind;
use hoicho_core::{
    states::ReportState,
    values::{
        clock::Day,
        ids::{OrganiserId, SalesReportId, TradeDealId},
        money::Money,
    },
};

/// A sales report was submitted or corrected.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = SalesReportSubmittedV1Data)]
pub struct SalesReportSubmitted {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// The report.
    pub sales_report: SalesReportId,
    /// The booth.
    pub booth: EventBooth,
    /// Who had the booth on that day.
    pub exhibitor: EventExhibitor,
    /// The opening day that is reported.
    #[schema(value_type = chrono::NaiveDate)]
    pub day: Day,
    /// Sales of the day.
    pub amount: Money,
    /// The part of OCOP goods.
    pub ocop_amount: Money,
    /// 1 for the first report; incremented by each correction.
    pub report_version: i32,
    /// Sales before the correction; `null` for a first report.
    pub previous_amount: Option<Money>,
    /// The part of OCOP goods before the correction; `null` for a first report.
    pub previous_ocop_amount: Option<Money>,
}

/// The organiser accepted a sales report.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = SalesReportAcceptedV1Data)]
pub struct SalesReportAccepted {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// The report.
    pub sales_report: SalesReportId,
    /// The booth.
    pub booth: EventBooth,
    /// Who had the booth on that day.
    pub exhibitor: EventExhibitor,
    /// The opening day that is reported.
    #[schema(value_type = chrono::NaiveDate)]
    pub day: Day,
    /// Sales of the day.
    pub amount: Money,
    /// The part of OCOP goods.
    pub ocop_amount: Money,
    /// 1 for the first report; incremented by each correction.
    pub report_version: i32,
    /// State before.
    pub previous_state: ReportState,
    /// State now.
    pub state: ReportState,
}

/// The organiser queried a sales report.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = SalesReportQueriedV1Data)]
pub struct SalesReportQueried {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// The report.
    pub sales_report: SalesReportId,
    /// The booth.
    pub booth: EventBooth,
    /// Who had the booth on that day.
    pub exhibitor: EventExhibitor,
    /// The opening day that is reported.
    #[schema(value_type = chrono::NaiveDate)]
    pub day: Day,
    /// Sales of the day.
    pub amount: Money,
    /// The part of OCOP goods.
    pub ocop_amount: Money,
    /// 1 for the first report; incremented by each correction.
    pub report_version: i32,
    /// State before.
    pub previous_state: ReportState,
    /// State now.
    pub state: ReportState,
    /// What the organiser asks.
    pub note: Option<String>,
}

/// A trade deal (contract or memorandum) was recorded.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = DealSignedV1Data)]
pub struct DealSigned {
    /// The organiser.
    pub organiser: OrganiserId,
    /// The edition.
    pub edition: EventEdition,
    /// The deal.
    pub deal: TradeDealId,
    /// Who signed it at the fair.
    pub exhibitor: EventExhibitor,
    /// Contract or memorandum.
    pub kind: DealKind,
    /// The other party.
    pub counterpart: String,
    /// Its value; 0 for a memorandum without one.
    pub amount: Money,
    /// The opening day on which it was signed.
    #[schema(value_type = chrono::NaiveDate)]
    pub signed_on: Day,
    /// Note.
    pub note: Option<String>,
}
