//! JSON view of a booth.
use serde::{Deserialize, Serialize};

use super::super::{BoothCategory, Occupancy, store::BoothRow};
use hoicho_core::{
    states::BoothAvailability,
    values::ids::{BoothId, ExhibitorId, ZoneId},
};

/// A booth.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BoothView {
    /// Made by the server.
    pub id: BoothId,
    /// Unique in the edition, as `A01`.
    pub code: String,
    /// The zone that it is in.
    pub zone: ZoneId,
    /// Label of its row: the code without the number. Booths of a row with consecutive places are adjacent.
    pub row: String,
    /// Position in its row, from 1.
    pub place: i32,
    /// Standard, corner, special build or raw space.
    pub category: BoothCategory,
    /// Square decimetres.
    pub area_dm2: i32,
    /// Minor units of the edition's currency.
    pub fee: i64,
    /// Size in standard booths.
    pub booth_equivalents: i32,
    /// Whether an allocation run may allocate it.
    pub availability: BoothAvailability,
    /// Whether it has electric power.
    pub has_power: bool,
    /// Whether it has running water.
    pub has_water: bool,
    /// Position in its hall; absent if unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Occupancy; only with `include=occupancy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupancy: Option<Occupancy>,
    /// Exhibitors on the booth once it is let; only with `include=occupancy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exhibitors: Option<Vec<BoothExhibitor>>,
    /// For `If-Match`: `"v…"`.
    pub version: i32,
}

/// An exhibitor on a booth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BoothExhibitor {
    /// The organiser's record of the main exhibitor or a co-exhibitor.
    pub id: ExhibitorId,
    /// Name in the organiser's records.
    pub name: String,
}

/// Position of a booth in its hall, in decimetres.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// From the left edge: 0 to 100,000.
    pub x_dm: i32,
    /// From the top edge: 0 to 100,000.
    pub y_dm: i32,
    /// 1 to 10,000.
    pub width_dm: i32,
    /// 1 to 10,000.
    pub depth_dm: i32,
}

fn position(row: &BoothRow) -> Option<Position> {
    Some(Position { x_dm: row.x_dm?, y_dm: row.y_dm?, width_dm: row.width_dm?, depth_dm: row.depth_dm? })
}

pub(super) fn from(row: BoothRow) -> BoothView {
    let position = position(&row);
    BoothView {
        availability: row.availability,
        has_power: row.has_power,
        has_water: row.has_water,
        position,
        id: row.id,
        code: row.code,
        zone: row.zone_id,
        row: row.row_label,
        place: row.place,
        category: row.category,
        area_dm2: row.area_dm2,
        fee: row.fee,
        booth_equivalents: row.booth_equivalents,
        version: row.version,
        occupancy: None,
        exhibitors: None,
    }
}
