//! Statistics of an edition as one document.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use hoicho_core::values::{clock::Day, money::Money};

/// Basis of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Computed from rows.
    Computed,
    /// Entered as a total because no rows exist.
    Declared,
}

/// Everything an organiser publishes after an edition.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Statistics {
    /// The edition's slug.
    pub edition: String,
    /// Booths and let space.
    pub booths: Booths,
    /// Who took part.
    pub exhibitors: Exhibitors,
    /// What the direct exhibitors showed.
    pub products: Products,
    /// Entries counted at the gates.
    pub visits: Visits,
    /// Retail sales by the reports of booths.
    pub sales: SalesFigures,
    /// Contracts and memoranda signed at the fair.
    pub deals: Deals,
    /// Comparison with the previous edition of the series; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// SHA-256 of each frozen report, base64url. The digest of this document covers them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub report_digests: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Booths {
    /// All booths, let or not.
    pub total: i64,
    /// Basis of `total`; the other numbers are always computed.
    pub basis: Basis,
    /// Confirmed or checked in.
    pub allocated: usize,
    /// Area of the booths in standard booths.
    pub booth_equivalents: i64,
    /// Area of the let booths in square decimetres.
    pub net_space_dm2: i64,
    /// One entry for each zone, in the order of their codes.
    pub by_zone: Vec<BoothsOf>,
    /// One entry for each category that has booths.
    pub by_category: Vec<BoothsOf>,
}

/// Booths of a zone or category.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct BoothsOf {
    /// Name of the zone, or code of the category.
    pub name: String,
    /// All booths of it, let or not.
    pub total: i64,
    /// Confirmed or checked in.
    pub allocated: i64,
    /// Area of the let booths in square decimetres.
    pub net_space_dm2: i64,
}

/// Products of the direct exhibitors.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Products {
    /// Number of products.
    pub total: usize,
    /// With a certificate that is valid on the last opening day.
    pub certified: usize,
    /// With or without a certificate: `none`, `1` … `5`.
    pub by_stars: Vec<Share>,
    /// By code of the OCOP product group.
    pub by_group: Vec<Share>,
}

/// Trade deals signed at the fair; not part of retail sales.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Deals {
    /// Number of contracts.
    pub contracts: i64,
    /// Absent for the public if fewer than three exhibitors signed one. The same holds for memoranda.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contracts_value: Option<Money>,
    /// Number of memoranda of understanding.
    pub memoranda: i64,
    /// Value of all memoranda; absent for the public if fewer than three exhibitors signed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memoranda_value: Option<Money>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Exhibitors {
    /// Main exhibitors and co-exhibitors on let booths.
    pub direct: usize,
    /// Represented companies: only their goods are present.
    pub indirect: usize,
    /// Always `computed`.
    pub basis: Basis,
    /// Direct exhibitors by code of their legal form.
    pub by_legal_form: Vec<Share>,
    /// Direct exhibitors by country, ISO 3166-1 alpha-2.
    pub by_country: Vec<Share>,
    /// Direct exhibitors by name of the locality, with the country in brackets outside Vietnam.
    pub by_locality: Vec<Share>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Share {
    /// Code or name of the group.
    pub name: String,
    /// Number in the group.
    pub count: usize,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Visits {
    /// Entries; the same person twice is two.
    pub total: i64,
    /// Basis of `total`; with a declared one the numbers by day and gate are 0.
    pub basis: Basis,
    /// One entry for each opening day, in order.
    pub by_day: Vec<VisitsOfDay>,
    /// One entry for each gate.
    pub by_gate: Vec<VisitsOfGate>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct VisitsOfDay {
    /// An opening day.
    #[schema(value_type = chrono::NaiveDate)]
    pub day: Day,
    /// Entries, with adjustments.
    pub visits: i64,
    /// Exits, with adjustments; never part of the visits.
    pub exits: i64,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct VisitsOfGate {
    /// Name of the gate.
    pub gate: String,
    /// Entries, with adjustments.
    pub visits: i64,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SalesFigures {
    /// Absent for the public if it is computed and fewer than three sellers sold something, or on a single booth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// Basis of `total`; with a declared one the other amounts are 0 or absent.
    pub basis: Basis,
    /// Absent for the public if fewer than three sellers have OCOP sales, or other sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ocop: Option<Money>,
    /// Empty for the public if fewer than three sellers reported on a day.
    pub by_day: Vec<SalesOfDay>,
    /// For the public, zones with fewer than three sellers are one entry `others`. The same holds for the other lists; one is empty if
    /// even `others` has too few.
    pub by_zone: Vec<SalesOf>,
    /// Sales by the locality of their sellers, the highest first; folded for the public like `by_zone`.
    pub by_locality: Vec<SalesOf>,
    /// From the lines of reports; sales without a product group are `unspecified`.
    pub by_product_group: Vec<SalesOf>,
    /// The ten with the highest sales.
    pub top_localities: Vec<SalesOf>,
    /// Codes of the ten booths with the highest sales, highest first, without amounts.
    pub top_booths: Vec<String>,
    /// Reports received of those due, including nil reports.
    pub reports_received: usize,
    /// One per occupied booth and day held.
    pub reports_due: usize,
    /// Received ÷ due in basis points; absent while none is due.
    pub completeness_bp: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SalesOfDay {
    /// An opening day.
    #[schema(value_type = chrono::NaiveDate)]
    pub day: Day,
    /// Minor units of the edition's currency.
    pub amount: i64,
    /// Absent for the public if fewer than three sellers have OCOP sales, or other sales, in an entry of the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ocop_amount: Option<i64>,
    /// Number of reports received, with nil reports.
    pub reports: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SalesOf {
    /// Name of the zone or locality, code of the product group, or `others`.
    pub name: String,
    /// Minor units of the edition's currency.
    pub amount: i64,
    /// Absent for the public if fewer than three sellers have OCOP sales, or other sales, in an entry of the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ocop_amount: Option<i64>,
    /// Share of total sales in basis points.
    pub share_bp: i64,
}

/// Ratio and change: 1.4055 is 140.55 % of the earlier figure, a change of +40.55 %.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Ratio {
    /// This edition's figure; a daily average is rounded.
    pub now: i64,
    /// The earlier edition's.
    pub before: i64,
    /// `now` divided by `before`, four decimal places.
    #[schema(value_type = f64)]
    pub ratio: serde_json::Number,
    /// `ratio` minus 1: 0.4055 is +40.55 %.
    #[schema(value_type = f64)]
    pub change: serde_json::Number,
}

impl Ratio {
    /// Change in basis points.
    pub fn change_bp(&self) -> i64 {
        in_ten_thousandths(&self.change)
    }
    /// Ratio in basis points.
    pub fn ratio_bp(&self) -> i64 {
        in_ten_thousandths(&self.ratio)
    }
}

/// Parses `1.4055` as 14,055 digit by digit, without floating-point rounding.
fn in_ten_thousandths(number: &serde_json::Number) -> i64 {
    let text = number.to_string();
    let (integer, fraction) = text.split_once('.').unwrap_or((text.as_str(), ""));
    let digits: String =
        integer.chars().filter(char::is_ascii_digit).chain(fraction.chars().chain("0000".chars()).take(4)).collect();
    let value: i64 = digits.parse().unwrap_or_default();
    if text.starts_with('-') { -value } else { value }
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    /// The slug of the edition compared with.
    pub previous_edition: String,
    /// Total booths; `null` if the earlier edition had none.
    pub booths: Option<Ratio>,
    /// Absent for the public if the total of either edition is. The same holds for the daily average.
    pub sales: Option<Ratio>,
    /// Sales per day held, minor units; hidden like `sales`.
    pub sales_per_day: Option<Ratio>,
    /// Total visits; `null` if the earlier edition had none.
    pub visits: Option<Ratio>,
    /// Visits per day held; `null` if the earlier edition had none.
    pub visits_per_day: Option<Ratio>,
    /// Computed with computed, declared with declared.
    pub like_with_like: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_ratios_without_rounding() {
        let parse = |text: &str| in_ten_thousandths(&text.parse().unwrap());
        assert_eq!(
            [parse("1.4055"), parse("-0.4"), parse("2"), parse("0.0001"), parse("-0.05")],
            [14_055, -4_000, 20_000, 1, -500]
        );
    }
}
