//! Layout of the floor plan: the rectangle of each booth, in decimetres. A hall whose booths all have positions is
//! drawn to scale. Otherwise the rows of a zone are laid out back to back in pairs with an aisle between the pairs, and
//! the booths of a row by place, each as wide as its size in standard booths. Halls and zones are then packed on shelves
//! so that the aspect ratio is close to landscape paper.
use std::collections::BTreeMap;

use diesel::QueryResult;
use serde::Serialize;

use super::{
    occupancy::Occupancy,
    store::{self, FloorPlanInput, ZoneRow},
};
use hoicho_core::{
    db::Tx,
    values::ids::{BoothId, EditionId, HallId, ZoneId},
};

/// Side of a standard booth.
const SIDE: i32 = 30;
/// Aisle between rows.
const AISLE: i32 = 30;
/// Space above a zone for its name.
const TITLE: i32 = 36;
/// Margin around the floor plan.
const MARGIN: i32 = 20;

/// A booth on the floor plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlanBooth {
    /// The booth.
    pub id: BoothId,
    /// Its code, unique in the edition.
    pub code: String,
    /// The zone that it is in.
    pub zone: ZoneId,
    /// Whether it is taken.
    pub occupancy: Occupancy,
    /// The exhibitor; only if the booth is let.
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

/// A zone on the floor plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlanZone {
    /// The zone.
    pub id: ZoneId,
    /// Its code, unique in the edition.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Decimetres from the left of the plan.
    pub x: i32,
    /// Decimetres from the top of the plan.
    pub y: i32,
    /// Decimetres.
    pub width: i32,
    /// Decimetres, with the room for its name.
    pub height: i32,
}

/// The floor plan of an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Plan {
    /// Decimetres.
    pub width: i32,
    /// Decimetres.
    pub height: i32,
    /// By code, with the room that their booths take.
    pub zones: Vec<PlanZone>,
    /// All booths of these zones.
    pub booths: Vec<PlanBooth>,
}

/// A unit of the layout with its origin at (0, 0): a hall whose booths have positions, or a zone without positions.
#[derive(Default)]
struct Section {
    width: i32,
    height: i32,
    zones: Vec<PlanZone>,
    booths: Vec<PlanBooth>,
}

impl Section {
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

    fn booth(&mut self, booth: FloorPlanInput, (x, y): (i32, i32), (width, height): (i32, i32)) {
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

    /// Lays out a zone row by row.
    fn of_rows(zone: &ZoneRow, booths: Vec<FloorPlanInput>) -> Self {
        let mut rows: BTreeMap<String, Vec<FloorPlanInput>> = BTreeMap::new();
        booths.into_iter().for_each(|b| rows.entry(b.row_label.clone()).or_default().push(b));
        let (mut section, mut y, mut widest) = (Self::default(), TITLE, 0_i32);
        let count = rows.len();
        for (n, mut row) in rows.into_values().enumerate() {
            row.sort_by_key(|b| b.place);
            let (mut x, mut last) = (0_i32, None::<i32>);
            for booth in row {
                // A gap in the numbers is drawn as a gap, limited to 4 booths so that a typing error does not stretch the row.
                let gap = last.map_or(0, |last| booth.place.saturating_sub(last).saturating_sub(1).clamp(0, 4));
                x = x.saturating_add(gap.saturating_mul(SIDE));
                let width = SIDE.saturating_mul(booth.booth_equivalents.clamp(1, 20));
                last = Some(booth.place);
                section.booth(booth, (x, y), (width, SIDE));
                x = x.saturating_add(width);
            }
            widest = widest.max(x);
            let back_to_back = n % 2 == 0 && n + 1 < count;
            y = y.saturating_add(if back_to_back { SIDE } else { SIDE + AISLE });
        }
        section.zone(zone, (0, 0), (widest.max(5 * SIDE), y));
        section
    }

    /// Lays out the zones of a hall to scale, from the positions of its booths.
    fn of_positions(zones: &[&ZoneRow], booths: Vec<FloorPlanInput>) -> Self {
        let placed: Vec<((i32, i32, i32, i32), FloorPlanInput)> =
            booths.into_iter().filter_map(|b| b.position.map(|p| (p, b))).collect();
        let left = placed.iter().map(|(p, _)| p.0).min().unwrap_or(0);
        let top = placed.iter().map(|(p, _)| p.1).min().unwrap_or(0);
        let mut section = Self::default();
        for zone in zones {
            let own = || placed.iter().filter(|(_, b)| b.zone == zone.id).map(|(p, _)| *p);
            let edge = |of: fn((i32, i32, i32, i32)) -> i32| own().map(of);
            let (x, y) = (edge(|p| p.0).min().unwrap_or(left), edge(|p| p.1).min().unwrap_or(top));
            let (right, bottom) = (edge(|p| p.0 + p.2).max().unwrap_or(x), edge(|p| p.1 + p.3).max().unwrap_or(y));
            section.zone(zone, (x - left, y - top), (right - x, bottom - y + TITLE));
        }
        for ((x, y, width, depth), booth) in placed {
            section.booth(booth, (x - left, y - top + TITLE), (width, depth));
        }
        section
    }
}

/// Width to height of landscape paper (√2).
const ASPECT_RATIO: (i64, i64) = (141, 100);

/// Packs sections on shelves at most `max_width` wide. Returns their positions and the total width and height.
fn pack_on_shelves(sections: &[Section], max_width: i32) -> (Vec<(i32, i32)>, i32, i32) {
    let (mut x, mut y, mut tallest, mut widest) = (MARGIN, MARGIN, 0_i32, 0_i32);
    let mut places = Vec::with_capacity(sections.len());
    for section in sections {
        if x > MARGIN && x.saturating_add(section.width) > max_width {
            y = y.saturating_add(tallest).saturating_add(AISLE);
            (x, tallest) = (MARGIN, 0);
        }
        places.push((x, y));
        x = x.saturating_add(section.width).saturating_add(2 * AISLE);
        widest = widest.max(x - 2 * AISLE);
        tallest = tallest.max(section.height);
    }
    (places, widest.saturating_add(MARGIN), y.saturating_add(tallest).saturating_add(MARGIN))
}

/// The floor plan of all zones of an edition.
pub fn load(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Plan> {
    let zones = store::zones(tx, edition)?;
    let ids: Vec<ZoneId> = zones.iter().map(|z| z.id).collect();
    Ok(layout(&zones, store::floor_plan_inputs(tx, edition, &ids)?))
}

/// Lays out zones in the given order and booths by place.
pub fn layout(zones: &[ZoneRow], booths: Vec<FloorPlanInput>) -> Plan {
    let mut of_zone: BTreeMap<ZoneId, Vec<FloorPlanInput>> = BTreeMap::new();
    booths.into_iter().for_each(|b| of_zone.entry(b.zone).or_default().push(b));
    let has_positions =
        |zone: &ZoneRow| of_zone.get(&zone.id).is_some_and(|booths| booths.iter().all(|b| b.position.is_some()));
    // A hall is drawn to scale only if every booth has a position: positioned booths would overlap the others.
    let is_to_scale = |hall: HallId| zones.iter().filter(|z| z.hall_id == Some(hall)).all(has_positions);
    let mut halls: Vec<HallId> = zones.iter().filter_map(|z| z.hall_id).filter(|h| is_to_scale(*h)).collect();
    halls.dedup();
    let mut sections = Vec::new();
    for zone in zones {
        match zone.hall_id.filter(|hall| halls.contains(hall)) {
            None => sections.push(Section::of_rows(zone, of_zone.remove(&zone.id).unwrap_or_default())),
            Some(hall) => {
                let of_hall: Vec<&ZoneRow> = zones.iter().filter(|z| z.hall_id == Some(hall)).collect();
                let booths: Vec<FloorPlanInput> =
                    of_hall.iter().filter_map(|z| of_zone.remove(&z.id)).flatten().collect();
                // The first zone of a hall lays out the entire hall.
                if !booths.is_empty() {
                    sections.push(Section::of_positions(&of_hall, booths));
                }
            }
        }
    }
    let widest = sections.iter().map(|b| b.width).max().unwrap_or(0).saturating_add(2 * MARGIN);
    let aspect_error = |max_width: i32| {
        let (_, width, height) = pack_on_shelves(&sections, max_width);
        (i64::from(width) * ASPECT_RATIO.1 - i64::from(height) * ASPECT_RATIO.0).abs()
    };
    let max_width =
        (1..=30).map(|n| widest.saturating_mul(n)).min_by_key(|width| aspect_error(*width)).unwrap_or(widest);
    let (places, width, height) = pack_on_shelves(&sections, max_width);
    let mut plan = Plan { width: width.max(10 * SIDE), height, zones: Vec::new(), booths: Vec::new() };
    for (section, (x, y)) in sections.into_iter().zip(places) {
        let at = |(bx, by): (i32, i32)| (bx.saturating_add(x), by.saturating_add(y));
        for mut zone in section.zones {
            (zone.x, zone.y) = at((zone.x, zone.y));
            plan.zones.push(zone);
        }
        for mut booth in section.booths {
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

    fn booth(zone: &ZoneRow, row: &str, place: i32, equivalents: i32) -> FloorPlanInput {
        FloorPlanInput {
            id: BoothId::make(),
            code: format!("{row}{place}"),
            zone: zone.id,
            row_label: row.into(),
            place,
            booth_equivalents: equivalents,
            occupancy: Occupancy::Free,
            exhibitor: None,
            position: None,
        }
    }

    proptest::proptest! {
        #[test]
        fn booths_never_overlap(places in proptest::collection::btree_set((0_u8..3, 0_u8..3, 1_i32..60), 0..80), wide in 1_i32..30) {
            let zones = [zone("A"), zone("B"), zone("C")];
            let booths: Vec<_> = places
                .iter()
                .map(|(z, row, place)| booth(&zones[usize::from(*z)], &format!("{z}{row}"), *place, if place % 7 == 0 { wide } else { 1 }))
                .collect();
            let layout = layout(&zones, booths);
            proptest::prop_assert_eq!(layout.booths.len(), places.len());
            for (i, a) in layout.booths.iter().enumerate() {
                proptest::prop_assert!(a.x >= 0 && a.x + a.width <= layout.width && a.y + a.height <= layout.height);
                for b in layout.booths.iter().skip(i + 1) {
                    let disjoint = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
                    proptest::prop_assert!(disjoint, "{} and {}", a.code, b.code);
                }
            }
        }
    }

    #[test]
    fn a_hall_with_positions_is_to_scale_to_scale() {
        let hall = HallId::make();
        let zones = [ZoneRow { hall_id: Some(hall), ..zone("A") }, ZoneRow { hall_id: Some(hall), ..zone("B") }];
        let at = |zone: &ZoneRow, n, x, y| FloorPlanInput { position: Some((x, y, 40, 25)), ..booth(zone, "R", n, 1) };
        let layout =
            layout(&zones, vec![at(&zones[0], 1, 500, 700), at(&zones[0], 2, 540, 700), at(&zones[1], 3, 500, 725)]);
        let [a, b, c] = &layout.booths[..] else { panic!("{layout:?}") };
        assert_eq!((b.x - a.x, b.y - a.y, a.width, a.height), (40, 0, 40, 25));
        assert_eq!((c.x - a.x, c.y - a.y), (0, 25));
    }

    #[test]
    fn aspect_ratio_is_close_to_landscape_paper() {
        let zones: Vec<ZoneRow> = (0..6).map(|n| zone(&format!("Z{n}"))).collect();
        let booths =
            zones.iter().flat_map(|z| (0..80).map(|n| booth(z, &format!("{}{}", z.code, n / 20), n % 20 + 1, 1)));
        let layout = layout(&zones, booths.collect());
        let (wide, high) = (f64::from(layout.width), f64::from(layout.height));
        assert!((0.9..2.2).contains(&(wide / high)), "{wide} × {high}");
    }
}
