//! What the audit log stores about sales reports and deals, before and after a change; webhooks read it.
use serde::{Deserialize, Serialize};

use super::{
    deals::{DealKind, DealRow},
    store::ReportRow,
};
use hoicho_core::{
    states::ReportState,
    values::{
        clock::Day,
        ids::{ExhibitorId, TradeDealId},
    },
};

/// The figures of a report.
#[derive(Debug, Serialize, Deserialize)]
pub struct AuditedReport {
    /// Minor units.
    pub amount: i64,
    /// Sales of OCOP goods, minor units.
    pub ocop_amount: i64,
    /// 1 for the first report; incremented by each correction.
    pub version: i32,
}

impl From<&ReportRow> for AuditedReport {
    fn from(row: &ReportRow) -> Self {
        Self { amount: row.amount, ocop_amount: row.ocop_amount, version: row.version }
    }
}

/// The state of a report, with its figures when it was reviewed.
#[derive(Debug, Serialize, Deserialize)]
pub struct AuditedReview {
    /// The state.
    pub state: ReportState,
    /// Note of the organiser's query.
    pub note: Option<String>,
    /// Its figures.
    #[serde(flatten)]
    pub report: AuditedReport,
}

impl From<&ReportRow> for AuditedReview {
    fn from(row: &ReportRow) -> Self {
        Self { state: row.state, note: row.note.clone(), report: row.into() }
    }
}

/// A trade deal.
#[derive(Debug, Serialize, Deserialize)]
pub struct AuditedDeal {
    /// The deal.
    pub id: TradeDealId,
    /// Whose.
    pub exhibitor: ExhibitorId,
    /// Contract or memorandum.
    pub kind: DealKind,
    /// The other party.
    pub counterpart: String,
    /// Minor units.
    pub amount: i64,
    /// An opening day.
    pub signed_on: Day,
    /// Note.
    pub note: Option<String>,
}

impl From<&DealRow> for AuditedDeal {
    fn from(row: &DealRow) -> Self {
        Self {
            id: row.id,
            exhibitor: row.exhibitor_id,
            kind: row.kind,
            counterpart: row.counterpart.clone(),
            amount: row.amount,
            signed_on: row.signed_on,
            note: row.note.clone(),
        }
    }
}
