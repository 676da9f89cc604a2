//! A booth as it is shown.
use serde::Serialize;

use super::super::{BoothCategory, store::BoothRow};
use crate::values::ids::{BoothId, ZoneId};

/// A booth.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct BoothView {
    pub id: BoothId,
    pub code: String,
    pub zone: ZoneId,
    pub row: String,
    pub place: i32,
    pub category: BoothCategory,
    /// Square decimetres.
    pub area_dm2: i32,
    /// Minor units of the edition's currency.
    pub fee: i64,
    /// Standard booths whose room it takes.
    pub booth_equivalents: i32,
    /// For `If-Match`: `"v…"`.
    pub version: i32,
}

pub(super) fn booth(row: BoothRow) -> BoothView {
    BoothView {
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
    }
}
