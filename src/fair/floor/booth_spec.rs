//! The specification of new booths: given in the request, or defaulted from the edition's price list.
use serde::Deserialize;

use super::{
    BoothCategory,
    numbering::natural_order,
    store::{BoothCategoryRow, BoothRow},
};
use hoicho_core::{
    i18n::MessageId,
    states::BoothAvailability,
    values::ids::{BoothId, EditionId, ZoneId},
};
use hoicho_web::http::{FieldCode, Validator};

/// Attributes shared by new booths. Omitted values default to the price list.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BoothKind {
    /// A zone of the edition.
    pub zone: ZoneId,
    /// Decides the defaults of area, fee and size from the price list.
    pub category: BoothCategory,
    /// Square decimetres: 3 × 3 m is 900. 1 to 1,000,000.
    #[schema(value_type = Option<AreaDm2>)]
    pub area_dm2: Option<i32>,
    /// Minor units of the edition's currency: 0 to 10^12.
    #[schema(value_type = Option<BoothFee>)]
    pub fee: Option<i64>,
    /// Size in standard booths: 1 to 1,000.
    #[schema(value_type = Option<BoothEquivalents>)]
    pub booth_equivalents: Option<i32>,
    /// Electric power; default `false`.
    #[serde(default)]
    pub has_power: bool,
    /// Running water; default `false`.
    #[serde(default)]
    pub has_water: bool,
}

hoicho_web::number_ranges! {
    /// Area in square decimetres.
    AreaDm2 i32 1..=1_000_000,
    /// Fee in minor units of the edition's currency.
    BoothFee i64 0..=1_000_000_000_000,
    /// How many standard booths it counts as.
    BoothEquivalents i32 1..=1_000,
}

/// Validates the ranges of size and fee.
pub(super) fn validate_ranges(
    checks: &mut Validator,
    at: &str,
    area_dm2: Option<i32>,
    fee: Option<i64>,
    booth_equivalents: Option<i32>,
) {
    checks.require(
        area_dm2.is_none_or(|a| AreaDm2::RANGE.contains(&a)),
        &format!("{at}/area_dm2"),
        FieldCode::Range,
        MessageId("error-area-range"),
    );
    checks.require(
        fee.is_none_or(|f| BoothFee::RANGE.contains(&f)),
        &format!("{at}/fee"),
        FieldCode::Range,
        MessageId("error-fee-range"),
    );
    checks.require(
        booth_equivalents.is_none_or(|e| BoothEquivalents::RANGE.contains(&e)),
        &format!("{at}/booth_equivalents"),
        FieldCode::Range,
        MessageId("error-booth-equivalents-range"),
    );
}

/// A specification with all defaults applied.
#[derive(Debug, Clone, Copy)]
pub(super) struct ResolvedBoothSpec {
    kind: BoothKind,
    area_dm2: i32,
    fee: i64,
    booth_equivalents: i32,
}

impl BoothKind {
    /// Applies the defaults of the price list. An area or fee that neither specifies is a validation error.
    pub fn resolve(&self, checks: &mut Validator, at: &str, prices: &[BoothCategoryRow]) -> ResolvedBoothSpec {
        validate_ranges(checks, at, self.area_dm2, self.fee, self.booth_equivalents);
        let listed = prices.iter().find(|p| p.category == self.category);
        let (area_dm2, fee) = (self.area_dm2.or(listed.map(|l| l.area_dm2)), self.fee.or(listed.map(|l| l.fee)));
        for (is_present, field) in [(area_dm2.is_some(), "area_dm2"), (fee.is_some(), "fee")] {
            checks.require(
                is_present,
                &format!("{at}/{field}"),
                FieldCode::Missing,
                MessageId("error-category-default-missing"),
            );
        }
        ResolvedBoothSpec {
            kind: *self,
            area_dm2: area_dm2.unwrap_or_default(),
            fee: fee.unwrap_or_default(),
            booth_equivalents: self.booth_equivalents.or(listed.map(|l| l.booth_equivalents)).unwrap_or(1),
        }
    }
}

impl ResolvedBoothSpec {
    /// A new booth with this specification.
    pub fn into_row(self, edition: EditionId, code: String, row_label: String, place: u32) -> BoothRow {
        BoothRow {
            id: BoothId::make(),
            edition_id: edition,
            zone_id: self.kind.zone,
            code_order: natural_order(&code),
            code,
            row_label,
            place: i32::try_from(place).unwrap_or(i32::MAX),
            category: self.kind.category,
            area_dm2: self.area_dm2,
            fee: self.fee,
            booth_equivalents: self.booth_equivalents,
            version: 1,
            availability: BoothAvailability::Open,
            has_power: self.kind.has_power,
            has_water: self.kind.has_water,
            x_dm: None,
            y_dm: None,
            width_dm: None,
            depth_dm: None,
        }
    }
}
