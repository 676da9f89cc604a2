//! The floor plan: where each booth is drawn. Rows of a zone lie under each other, booths of a row beside each
//! other by their place; a booth is as wide as the standard booths whose room it takes. Lengths in decimetres.
use std::collections::BTreeMap;

use askama::Template;
use serde::Serialize;

use super::store::{PlannedBooth, ZoneRow};
use crate::values::ids::{BoothId, ZoneId};

/// A standard booth's side.
const SIDE: i32 = 30;
/// Between rows; people walk there.
const AISLE: i32 = 30;
/// Above a zone, for its name.
const TITLE: i32 = 36;
/// Around everything.
const MARGIN: i32 = 20;

/// Whether a booth is taken, as everybody may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Occupancy {
    /// Nobody has it.
    Free,
    /// Held or offered.
    Reserved,
    /// Confirmed or checked in.
    Let,
}

/// A booth on the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlanBooth {
    pub id: BoothId,
    pub code: String,
    pub zone: ZoneId,
    pub occupancy: Occupancy,
    /// Who stands there, once it is let.
    pub exhibitor: Option<String>,
    /// Decimetres from the left.
    pub x: i32,
    /// Decimetres from the top.
    pub y: i32,
    /// Decimetres.
    pub width: i32,
    /// Decimetres.
    pub height: i32,
}

/// A zone on the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlanZone {
    pub id: ZoneId,
    pub code: String,
    pub name: String,
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

/// The plan of an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Template, utoipa::ToSchema)]
#[template(path = "floor_plan.svg")]
pub struct Plan {
    /// Decimetres.
    pub width: i32,
    /// Decimetres.
    pub height: i32,
    pub zones: Vec<PlanZone>,
    pub booths: Vec<PlanBooth>,
}

impl Plan {
    /// The picture.
    pub fn svg(&self) -> Result<String, askama::Error> {
        self.render()
    }
    fn colour(booth: &PlanBooth) -> &'static str {
        match booth.occupancy {
            Occupancy::Free => "#e8efe9",
            Occupancy::Reserved => "#f2d48a",
            Occupancy::Let => "#5aa27c",
        }
    }
}

/// Draws zones in the order given and booths in the order of their places.
pub fn plan(zones: &[ZoneRow], booths: Vec<PlannedBooth>) -> Plan {
    let mut of_zone: BTreeMap<ZoneId, BTreeMap<String, Vec<PlannedBooth>>> = BTreeMap::new();
    for booth in booths {
        of_zone.entry(booth.zone).or_default().entry(booth.row_label.clone()).or_default().push(booth);
    }
    let (mut y, mut widest) = (MARGIN, 0);
    let (mut drawn, mut frames) = (Vec::new(), Vec::new());
    for zone in zones {
        let top = y;
        let mut zone_width = 0_i32;
        y = y.saturating_add(TITLE);
        for (_, mut row) in of_zone.remove(&zone.id).unwrap_or_default() {
            row.sort_by_key(|b| b.place);
            let (mut x, mut last) = (MARGIN, None::<i32>);
            for booth in row {
                // A gap in the numbers is a gap on the floor, but a typing error must not draw a mile of nothing.
                let gap = last.map_or(0, |last| booth.place.saturating_sub(last).saturating_sub(1).clamp(0, 4));
                x = x.saturating_add(gap.saturating_mul(SIDE));
                let width = SIDE.saturating_mul(booth.equivalents.clamp(1, 20));
                last = Some(booth.place);
                drawn.push(PlanBooth {
                    id: booth.id,
                    code: booth.code,
                    zone: booth.zone,
                    occupancy: booth.occupancy,
                    exhibitor: booth.exhibitor,
                    x,
                    y,
                    width,
                    height: SIDE,
                });
                x = x.saturating_add(width);
            }
            zone_width = zone_width.max(x.saturating_sub(MARGIN));
            y = y.saturating_add(SIDE + AISLE);
        }
        widest = widest.max(zone_width);
        frames.push(PlanZone {
            id: zone.id,
            code: zone.code.clone(),
            name: zone.name.clone(),
            x: MARGIN,
            y: top,
            width: zone_width,
            height: y.saturating_sub(top),
        });
    }
    Plan {
        width: widest.max(10 * SIDE).saturating_add(2 * MARGIN),
        height: y.saturating_add(MARGIN),
        zones: frames,
        booths: drawn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::ids::EditionId;

    fn zone(code: &str) -> ZoneRow {
        ZoneRow {
            id: ZoneId::make(),
            edition_id: EditionId::make(),
            hall_id: None,
            code: code.into(),
            name: "Khu <OCOP>".into(),
            version: 1,
        }
    }

    fn booth(zone: &ZoneRow, row: &str, place: i32, equivalents: i32) -> PlannedBooth {
        PlannedBooth {
            id: BoothId::make(),
            code: format!("{row}{place}"),
            zone: zone.id,
            row_label: row.into(),
            place,
            equivalents,
            occupancy: Occupancy::Free,
            exhibitor: None,
        }
    }

    proptest::proptest! {
        #[test]
        fn no_two_booths_overlap(places in proptest::collection::btree_set((0_u8..3, 0_u8..3, 1_i32..60), 0..80), wide in 1_i32..30) {
            let zones = [zone("A"), zone("B"), zone("C")];
            let booths: Vec<_> = places
                .iter()
                .map(|(z, row, place)| booth(&zones[usize::from(*z)], &format!("{z}{row}"), *place, if place % 7 == 0 { wide } else { 1 }))
                .collect();
            let drawn = plan(&zones, booths);
            proptest::prop_assert_eq!(drawn.booths.len(), places.len());
            for (i, a) in drawn.booths.iter().enumerate() {
                proptest::prop_assert!(a.x >= 0 && a.x + a.width <= drawn.width && a.y + a.height <= drawn.height);
                for b in drawn.booths.iter().skip(i + 1) {
                    let apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
                    proptest::prop_assert!(apart, "{} and {}", a.code, b.code);
                }
            }
        }
    }

    #[test]
    fn a_name_with_markup_stays_text() {
        let zones = [zone("A")];
        let svg = plan(&zones, vec![booth(&zones[0], "A", 1, 1)]).svg().unwrap();
        assert!(!svg.contains("<OCOP>"), "{svg}");
        assert!(svg.starts_with("<svg"));
    }
}
