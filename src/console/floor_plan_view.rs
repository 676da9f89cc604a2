//! View model of the floor plan SVG: rectangles with CSS classes, styled by the stylesheet and updated by scripts.
use std::collections::HashMap;

use hoicho_core::values::ids::ZoneId;
use hoicho_fair::floor::{Occupancy, Plan, ZONE_COLOURS, wrap_name};

/// Characters per line in a booth 30 units wide.
const CHARS_PER_LINE: usize = 12;

/// A booth in the drawing.
#[derive(Debug, Clone)]
pub(super) struct BoothShape {
    pub id: String,
    pub code: String,
    /// CSS classes, e.g. `let z3`.
    pub classes: String,
    pub name: Option<String>,
    pub lines: Vec<(i32, String)>,
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

/// Label of a zone.
#[derive(Debug, Clone)]
pub(super) struct ZoneLabel {
    pub text: String,
    pub colour: usize,
    pub booths: usize,
    pub x: i32,
    pub y: i32,
}

/// The drawing.
#[derive(Debug, Clone)]
pub(super) struct FloorPlanView {
    pub width: i32,
    pub height: i32,
    pub zones: Vec<ZoneLabel>,
    pub booths: Vec<BoothShape>,
    pub free: usize,
    pub taken: usize,
}

impl FloorPlanView {
    /// Public view: let booths in the colour of their zone.
    pub fn for_visitors(plan: Plan) -> Self {
        Self::with_classes(plan, |occupancy, zone| match occupancy {
            Occupancy::Free => "free".to_owned(),
            Occupancy::Reserved => "reserved".to_owned(),
            Occupancy::Let => format!("let z{zone}"),
        })
    }

    /// Computes the classes of each booth from its occupancy and the colour of its zone.
    pub fn with_classes(plan: Plan, classes: impl Fn(Occupancy, usize) -> String) -> Self {
        let colour: HashMap<ZoneId, usize> =
            plan.zones.iter().enumerate().map(|(n, zone)| (zone.id, n % ZONE_COLOURS.len() + 1)).collect();
        let colour_of = |zone: &ZoneId| colour.get(zone).copied().unwrap_or(ZONE_COLOURS.len());
        let free = plan.booths.iter().filter(|b| b.occupancy == Occupancy::Free).count();
        let zones = plan.zones.iter().map(|zone| ZoneLabel {
            text: format!("{} · {}", zone.code, zone.name),
            colour: colour_of(&zone.id),
            booths: plan.booths.iter().filter(|b| b.zone == zone.id).count(),
            x: zone.x,
            y: zone.y + 24,
        });
        let zones = zones.collect();
        let taken = plan.booths.len() - free;
        let booths = plan.booths.into_iter().map(|booth| {
            let max_chars = usize::try_from(booth.width / 30).unwrap_or(1).max(1) * CHARS_PER_LINE;
            let lines = booth.exhibitor.as_deref().map(|name| wrap_name(name, max_chars)).unwrap_or_default();
            BoothShape {
                classes: classes(booth.occupancy, colour_of(&booth.zone)),
                id: booth.id.to_string(),
                code: booth.code,
                name: booth.exhibitor,
                lines: (0..).zip(lines).map(|(n, line)| (booth.y + 16 + 5 * n, line)).collect(),
                x: booth.x,
                y: booth.y,
                width: booth.width,
                height: booth.height,
            }
        });
        Self { width: plan.width, height: plan.height, zones, booths: booths.collect(), free, taken }
    }
}
