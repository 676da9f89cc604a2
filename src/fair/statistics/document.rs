//! The statistics of an edition as one document.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use hoicho_core::values::{clock::Day, money::Money};

/// Where a figure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Added up from rows.
    Computed,
    /// Entered as a total: the rows are lost.
    Declared,
}

/// Everything published at the end.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Statistics {
    /// The edition's slug.
    pub edition: String,
    pub booths: Booths,
    pub exhibitors: Exhibitors,
    pub products: Products,
    pub visits: Visits,
    pub sales: SalesFigures,
    pub deals: Deals,
    /// With the last edition of the series; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// Of each report as it was frozen, SHA-256 in base64url: with the digest of this document, of everything.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub report_digests: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Booths {
    pub total: i64,
    pub basis: Basis,
    /// Confirmed or checked in.
    pub allocated: usize,
    /// Standard booths whose room the booths take.
    pub booth_equivalents: i64,
    /// m² of the let booths, in square decimetres.
    pub net_space_dm2: i64,
    pub by_zone: Vec<BoothsOf>,
    pub by_category: Vec<BoothsOf>,
}

/// Booths of a zone or category.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct BoothsOf {
    pub name: String,
    pub total: i64,
    /// Confirmed or checked in.
    pub allocated: i64,
    /// Of the let ones, square decimetres.
    pub net_space_dm2: i64,
}

/// Products of the direct exhibitors.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Products {
    pub total: usize,
    /// With a certificate that is good on the fair's last day.
    pub certified: usize,
    /// Whatever their certificate: `none`, `1` … `5`.
    pub by_stars: Vec<Share>,
    pub by_group: Vec<Share>,
}

/// Signed at the fair; apart from retail sales.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Deals {
    pub contracts: i64,
    pub contracts_value: Money,
    pub memoranda: i64,
    pub memoranda_value: Money,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Exhibitors {
    /// Main exhibitors on a let booth, and co-exhibitors on one.
    pub direct: usize,
    /// Represented companies: only their goods are there.
    pub indirect: usize,
    pub basis: Basis,
    pub by_legal_form: Vec<Share>,
    pub by_country: Vec<Share>,
    pub by_locality: Vec<Share>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Share {
    pub name: String,
    pub count: usize,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Visits {
    /// Entries; the same person twice is two.
    pub total: i64,
    pub basis: Basis,
    pub by_day: Vec<VisitsOfDay>,
    pub by_gate: Vec<VisitsOfGate>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct VisitsOfDay {
    #[schema(value_type = chrono::NaiveDate)]
    pub day: Day,
    pub visits: i64,
    pub exits: i64,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct VisitsOfGate {
    pub gate: String,
    pub visits: i64,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SalesFigures {
    pub total: Money,
    pub basis: Basis,
    pub ocop: Money,
    pub by_day: Vec<SalesOfDay>,
    pub by_zone: Vec<SalesOf>,
    pub by_locality: Vec<SalesOf>,
    /// As far as the lines of reports tell it; the rest is `unspecified`.
    pub by_product_group: Vec<SalesOf>,
    /// The ten that sold most.
    pub top_localities: Vec<SalesOf>,
    /// The ten that sold most.
    pub top_booths: Vec<SalesOf>,
    /// Of `reports_due`, those that came in; nil reports count.
    pub reports_received: usize,
    /// One for each let booth and opening day that has come.
    pub reports_due: usize,
    /// Received of due, in hundredths of a percent; absent while none is due.
    pub completeness_bp: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SalesOfDay {
    #[schema(value_type = chrono::NaiveDate)]
    pub day: Day,
    pub amount: i64,
    pub ocop_amount: i64,
    pub reports: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SalesOf {
    pub name: String,
    pub amount: i64,
    pub ocop_amount: i64,
    /// Of all sales, in hundredths of a percent.
    pub share_bp: i64,
}

/// 1.4055 is 140.55 % of the earlier figure, a change of +40.55 %.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Ratio {
    /// This edition's figure; a daily average is rounded.
    pub now: i64,
    /// The earlier edition's.
    pub before: i64,
    #[schema(value_type = f64)]
    pub ratio: serde_json::Number,
    #[schema(value_type = f64)]
    pub change: serde_json::Number,
}

impl Ratio {
    /// The change in hundredths of a percent, as people read it.
    pub fn change_bp(&self) -> i64 {
        in_ten_thousandths(&self.change)
    }
    /// The ratio in hundredths of a percent.
    pub fn ratio_bp(&self) -> i64 {
        in_ten_thousandths(&self.ratio)
    }
}

/// `1.4055` as 14,055: digit by digit, so that nothing is rounded on the way.
fn in_ten_thousandths(number: &serde_json::Number) -> i64 {
    let said = number.to_string();
    let (whole, rest) = said.split_once('.').unwrap_or((said.as_str(), ""));
    let digits: String =
        whole.chars().filter(char::is_ascii_digit).chain(rest.chars().chain("0000".chars()).take(4)).collect();
    let value: i64 = digits.parse().unwrap_or_default();
    if said.starts_with('-') { -value } else { value }
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    /// The slug of the edition compared with.
    pub previous_edition: String,
    pub booths: Option<Ratio>,
    pub sales: Option<Ratio>,
    pub sales_per_day: Option<Ratio>,
    pub visits: Option<Ratio>,
    pub visits_per_day: Option<Ratio>,
    /// Computed with computed, declared with declared.
    pub like_with_like: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_read_digit_by_digit() {
        let read = |text: &str| in_ten_thousandths(&text.parse().unwrap());
        assert_eq!(
            [read("1.4055"), read("-0.4"), read("2"), read("0.0001"), read("-0.05")],
            [14_055, -4_000, 20_000, 1, -500]
        );
    }
}
