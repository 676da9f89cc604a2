//! The floor plan: where each booth is drawn. Where a hall's booths have positions they lie as they do; elsewhere rows
//! of a zone lie back to back in pairs with an aisle between the pairs, booths of a row beside each other by their
//! place, as wide as the standard booths whose room they take. Zones and halls are put beside and under each other so
//! that the whole is about as wide as a sheet of paper lies. Lengths in decimetres.
use std::collections::BTreeMap;

use serde::Serialize;

use super::store::{PlannedBooth, ZoneRow};
use hoicho_core::values::ids::{BoothId, HallId, ZoneId};

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Plan {
    /// Decimetres.
    pub width: i32,
    /// Decimetres.
    pub height: i32,
    pub zones: Vec<PlanZone>,
    pub booths: Vec<PlanBooth>,
}

/// What is drawn together: a hall whose booths have positions, or a zone without. Begins at 0, 0.
#[derive(Default)]
struct Block {
    width: i32,
    height: i32,
    zones: Vec<PlanZone>,
    booths: Vec<PlanBooth>,
}

impl Block {
    fn zone(&mut self, zone: &ZoneRow, (x, y): (i32, i32), (width, height): (i32, i32)) {
        self.zones.push(PlanZone {
            id: zone.id,
            code: zone.code.clone(),
            name: zone.name.clone(),
            x,
            y,
            width,
            height,
        });
        self.width = self.width.max(x.saturating_add(width));
        self.height = self.height.max(y.saturating_add(height));
    }

    fn booth(&mut self, booth: PlannedBooth, (x, y): (i32, i32), (width, height): (i32, i32)) {
        self.booths.push(PlanBooth {
            id: booth.id,
            code: booth.code,
            zone: booth.zone,
            occupancy: booth.occupancy,
            exhibitor: booth.exhibitor,
            x,
            y,
            width,
            height,
        });
    }

    /// A zone by its rows.
    fn of_rows(zone: &ZoneRow, booths: Vec<PlannedBooth>) -> Self {
        let mut rows: BTreeMap<String, Vec<PlannedBooth>> = BTreeMap::new();
        booths.into_iter().for_each(|b| rows.entry(b.row_label.clone()).or_default().push(b));
        let (mut block, mut y, mut widest) = (Self::default(), TITLE, 0_i32);
        let count = rows.len();
        for (n, mut row) in rows.into_values().enumerate() {
            row.sort_by_key(|b| b.place);
            let (mut x, mut last) = (0_i32, None::<i32>);
            for booth in row {
                // A gap in the numbers is a gap on the floor, but a typing error must not draw a mile of nothing.
                let gap = last.map_or(0, |last| booth.place.saturating_sub(last).saturating_sub(1).clamp(0, 4));
                x = x.saturating_add(gap.saturating_mul(SIDE));
                let width = SIDE.saturating_mul(booth.equivalents.clamp(1, 20));
                last = Some(booth.place);
                block.booth(booth, (x, y), (width, SIDE));
                x = x.saturating_add(width);
            }
            widest = widest.max(x);
            let back_to_back = n % 2 == 0 && n + 1 < count;
            y = y.saturating_add(if back_to_back { SIDE } else { SIDE + AISLE });
        }
        block.zone(zone, (0, 0), (widest.max(5 * SIDE), y));
        block
    }

    /// The zones of a hall whose booths have positions.
    fn of_positions(zones: &[&ZoneRow], booths: Vec<PlannedBooth>) -> Self {
        let placed: Vec<((i32, i32, i32, i32), PlannedBooth)> =
            booths.into_iter().filter_map(|b| b.position.map(|p| (p, b))).collect();
        let left = placed.iter().map(|(p, _)| p.0).min().unwrap_or(0);
        let top = placed.iter().map(|(p, _)| p.1).min().unwrap_or(0);
        let mut block = Self::default();
        for zone in zones {
            let own = || placed.iter().filter(|(_, b)| b.zone == zone.id).map(|(p, _)| *p);
            let edge = |of: fn((i32, i32, i32, i32)) -> i32| own().map(of);
            let (x, y) = (edge(|p| p.0).min().unwrap_or(left), edge(|p| p.1).min().unwrap_or(top));
            let (right, bottom) = (edge(|p| p.0 + p.2).max().unwrap_or(x), edge(|p| p.1 + p.3).max().unwrap_or(y));
            block.zone(zone, (x - left, y - top), (right - x, bottom - y + TITLE));
        }
        for ((x, y, width, depth), booth) in placed {
            block.booth(booth, (x - left, y - top + TITLE), (width, depth));
        }
        block
    }
}

/// A sheet of paper lies √2 as wide as it is high.
const SHEET: (i64, i64) = (141, 100);

/// Where blocks go when no line of them is wider than `most`: their places, and the size of the whole.
fn shelves(blocks: &[Block], most: i32) -> (Vec<(i32, i32)>, i32, i32) {
    let (mut x, mut y, mut tallest, mut widest) = (MARGIN, MARGIN, 0_i32, 0_i32);
    let mut places = Vec::with_capacity(blocks.len());
    for block in blocks {
        if x > MARGIN && x.saturating_add(block.width) > most {
            y = y.saturating_add(tallest).saturating_add(AISLE);
            (x, tallest) = (MARGIN, 0);
        }
        places.push((x, y));
        x = x.saturating_add(block.width).saturating_add(2 * AISLE);
        widest = widest.max(x - 2 * AISLE);
        tallest = tallest.max(block.height);
    }
    (places, widest.saturating_add(MARGIN), y.saturating_add(tallest).saturating_add(MARGIN))
}

/// Draws zones in the order given and booths in the order of their places.
pub fn plan(zones: &[ZoneRow], booths: Vec<PlannedBooth>) -> Plan {
    let mut of_zone: BTreeMap<ZoneId, Vec<PlannedBooth>> = BTreeMap::new();
    booths.into_iter().for_each(|b| of_zone.entry(b.zone).or_default().push(b));
    let known =
        |zone: &ZoneRow| of_zone.get(&zone.id).is_some_and(|booths| booths.iter().all(|b| b.position.is_some()));
    // A hall is drawn as it is only if all of its zones are known; half of it would lie on top of the rest.
    let is_drawn = |hall: HallId| zones.iter().filter(|z| z.hall_id == Some(hall)).all(known);
    let mut halls: Vec<HallId> = zones.iter().filter_map(|z| z.hall_id).filter(|h| is_drawn(*h)).collect();
    halls.dedup();
    let mut blocks = Vec::new();
    for zone in zones {
        match zone.hall_id.filter(|hall| halls.contains(hall)) {
            None => blocks.push(Block::of_rows(zone, of_zone.remove(&zone.id).unwrap_or_default())),
            Some(hall) => {
                let of_hall: Vec<&ZoneRow> = zones.iter().filter(|z| z.hall_id == Some(hall)).collect();
                let booths: Vec<PlannedBooth> =
                    of_hall.iter().filter_map(|z| of_zone.remove(&z.id)).flatten().collect();
                // The first zone of a hall draws all of it.
                if !booths.is_empty() {
                    blocks.push(Block::of_positions(&of_hall, booths));
                }
            }
        }
    }
    let widest = blocks.iter().map(|b| b.width).max().unwrap_or(0).saturating_add(2 * MARGIN);
    let unlike_a_sheet = |most: i32| {
        let (_, width, height) = shelves(&blocks, most);
        (i64::from(width) * SHEET.1 - i64::from(height) * SHEET.0).abs()
    };
    let wide = (1..=30).map(|n| widest.saturating_mul(n)).min_by_key(|most| unlike_a_sheet(*most)).unwrap_or(widest);
    let (places, width, height) = shelves(&blocks, wide);
    let mut plan = Plan { width: width.max(10 * SIDE), height, zones: Vec::new(), booths: Vec::new() };
    for (block, (x, y)) in blocks.into_iter().zip(places) {
        let at = |(bx, by): (i32, i32)| (bx.saturating_add(x), by.saturating_add(y));
        for mut zone in block.zones {
            (zone.x, zone.y) = at((zone.x, zone.y));
            plan.zones.push(zone);
        }
        for mut booth in block.booths {
            (booth.x, booth.y) = at((booth.x, booth.y));
            plan.booths.push(booth);
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use hoicho_core::values::ids::EditionId;

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
            position: None,
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
    fn a_hall_with_positions_is_drawn_as_it_lies() {
        let hall = HallId::make();
        let zones = [ZoneRow { hall_id: Some(hall), ..zone("A") }, ZoneRow { hall_id: Some(hall), ..zone("B") }];
        let at = |zone: &ZoneRow, n, x, y| PlannedBooth { position: Some((x, y, 40, 25)), ..booth(zone, "R", n, 1) };
        let drawn =
            plan(&zones, vec![at(&zones[0], 1, 500, 700), at(&zones[0], 2, 540, 700), at(&zones[1], 3, 500, 725)]);
        let [a, b, c] = &drawn.booths[..] else { panic!("{drawn:?}") };
        assert_eq!((b.x - a.x, b.y - a.y, a.width, a.height), (40, 0, 40, 25));
        assert_eq!((c.x - a.x, c.y - a.y), (0, 25));
    }

    #[test]
    fn the_whole_is_about_as_wide_as_a_sheet_lies() {
        let zones: Vec<ZoneRow> = (0..6).map(|n| zone(&format!("Z{n}"))).collect();
        let booths =
            zones.iter().flat_map(|z| (0..80).map(|n| booth(z, &format!("{}{}", z.code, n / 20), n % 20 + 1, 1)));
        let drawn = plan(&zones, booths.collect());
        let (wide, high) = (f64::from(drawn.width), f64::from(drawn.height));
        assert!((0.9..2.2).contains(&(wide / high)), "{wide} × {high}");
    }
}
