//! Renders the floor plan as SVG, for screens and for print up to A0: zones in a colour-blind-safe palette, booths
//! labelled with code and exhibitor, and a legend.
use std::collections::HashMap;

use askama::Template;

use super::{
    floor_plan::{Plan, PlanBooth},
    occupancy::Occupancy,
};
use hoicho_core::{
    i18n::{Language, Localizer},
    values::ids::ZoneId,
};

/// Zone palette after Okabe and Ito, safe for all kinds of colour blindness: (booth fill, booth border).
pub const ZONE_COLOURS: [(&str, &str); 8] = [
    ("#bcd7ec", "#0072b2"),
    ("#f7d9a8", "#c77f00"),
    ("#b5e3d3", "#007a5a"),
    ("#f3cde0", "#a8487f"),
    ("#f5c7ad", "#b84a00"),
    ("#cfe8f8", "#2b8cbe"),
    ("#f6efb0", "#8f8200"),
    ("#d9d9d9", "#4d4d4d"),
];

/// Average width of a character of an exhibitor's name, in tenths of a decimetre.
const CHARACTER_WIDTH: usize = 25;
const MAX_NAME_LINES: usize = 3;
/// Height of one legend line, in decimetres.
const LEGEND_HEIGHT: i32 = 34;
/// Height reserved for the title, in decimetres.
const TITLE_HEIGHT: i32 = 50;
/// Larger floor plans are drawn by hall; a legend of hundreds of zones would not be readable.
const MAX_LEGEND_ENTRIES: usize = 24;

/// Paper size, landscape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sheet {
    /// 297 × 210 mm.
    A4,
    /// 420 × 297 mm.
    A3,
    /// 594 × 420 mm.
    A2,
    /// 841 × 594 mm.
    A1,
    /// 1,189 × 841 mm.
    A0,
}

impl Sheet {
    /// Width and height in millimetres.
    fn size_mm(self) -> (u32, u32) {
        match self {
            Self::A4 => (297, 210),
            Self::A3 => (420, 297),
            Self::A2 => (594, 420),
            Self::A1 => (841, 594),
            Self::A0 => (1_189, 841),
        }
    }
}

struct LegendEntry {
    x: i32,
    y: i32,
    label: String,
    fill: &'static str,
    stroke: &'static str,
}

#[derive(Template)]
#[template(path = "floor_plan.svg")]
struct FloorPlanSvg<'a> {
    plan: &'a Plan,
    title: &'a str,
    sheet: Option<(u32, u32)>,
    height: i32,
    colours: HashMap<ZoneId, (&'static str, &'static str)>,
    legend: Vec<LegendEntry>,
    shift: i32,
}

impl FloorPlanSvg<'_> {
    fn fill(&self, booth: &PlanBooth) -> &'static str {
        match booth.occupancy {
            Occupancy::Free => "#ffffff",
            Occupancy::Reserved => "url(#r)",
            Occupancy::Let => self.colours.get(&booth.zone).map_or("#d9d9d9", |c| c.0),
        }
    }
    fn stroke(&self, zone: &ZoneId) -> &'static str {
        self.colours.get(zone).map_or("#4d4d4d", |c| c.1)
    }
    /// The lines of the exhibitor's name, each with its y coordinate.
    fn lines(&self, booth: &PlanBooth) -> Vec<(i32, String)> {
        let max_chars = usize::try_from(booth.width).unwrap_or_default().saturating_mul(10) / CHARACTER_WIDTH;
        let lines = booth.exhibitor.as_deref().map(|name| wrap_name(name, max_chars.max(4))).unwrap_or_default();
        (0..).zip(lines).map(|(n, line)| (booth.y + 15 + 5 * n, line)).collect()
    }
}

/// Wraps a name at word boundaries into at most [`MAX_NAME_LINES`] lines of `room` characters; truncation is shown by
/// an ellipsis.
pub fn wrap_name(name: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        let fits = |line: &String| line.chars().count() + 1 + word.chars().count() <= room;
        match lines.last_mut().filter(|line| fits(line)) {
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(word.chars().take(room).collect()),
        }
    }
    if lines.len() > MAX_NAME_LINES {
        lines.truncate(MAX_NAME_LINES);
        if let Some(last) = lines.last_mut() {
            *last = last.chars().take(room.saturating_sub(1)).chain(['…']).collect();
        }
    }
    lines
}

/// Renders a floor plan; `sheet` sets the physical size for print.
pub fn render_svg(plan: &Plan, title: &str, sheet: Option<Sheet>, language: Language) -> Result<String, askama::Error> {
    let colours = plan.zones.iter().zip(ZONE_COLOURS.iter().cycle()).map(|(zone, colour)| (zone.id, *colour)).collect();
    let words = Localizer(language);
    let (free, reserved) = (words.localize("plan-legend-free"), words.localize("plan-legend-reserved"));
    let count = |zone: Option<ZoneId>, occupancy: Option<Occupancy>| {
        let matches = |b: &&PlanBooth| zone.is_none_or(|z| b.zone == z) && occupancy.is_none_or(|o| b.occupancy == o);
        plan.booths.iter().filter(matches).count()
    };
    let states = [
        (format!("{free} ({})", count(None, Some(Occupancy::Free))), "#ffffff", "#4d4d4d"),
        (format!("{reserved} ({})", count(None, Some(Occupancy::Reserved))), "url(#r)", "#4d4d4d"),
    ];
    let zones = plan.zones.iter().zip(ZONE_COLOURS.iter().cycle());
    let zones = zones.map(|(z, c)| (format!("{} {} ({})", z.code, z.name, count(Some(z.id), None)), c.0, c.1));
    let max_width = plan.width.max(400);
    let (mut x, mut y) = (20, plan.height.saturating_add(TITLE_HEIGHT));
    let mut legend = Vec::new();
    for (label, fill, stroke) in states.into_iter().chain(zones).take(MAX_LEGEND_ENTRIES) {
        let width = i32::try_from(label.chars().count() * 6 + 44).unwrap_or(max_width);
        if x + width > max_width && x > 20 {
            (x, y) = (20, y + LEGEND_HEIGHT);
        }
        legend.push(LegendEntry { x, y, label, fill, stroke });
        x += width;
    }
    FloorPlanSvg {
        plan,
        title,
        sheet: sheet.map(Sheet::size_mm),
        height: y.saturating_add(LEGEND_HEIGHT),
        colours,
        legend,
        shift: TITLE_HEIGHT,
    }
    .render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn svg_escapes_names_and_sets_the_sheet_size() {
        let (zone, booth) = (ZoneId::make(), hoicho_core::values::ids::BoothId::make());
        let plan = Plan {
            width: 300,
            height: 100,
            zones: vec![super::super::floor_plan::PlanZone {
                id: zone,
                code: "A".into(),
                name: "Khu <OCOP>".into(),
                x: 0,
                y: 0,
                width: 30,
                height: 30,
            }],
            booths: vec![PlanBooth {
                id: booth,
                code: "A1".into(),
                zone,
                occupancy: Occupancy::Let,
                exhibitor: Some("<script>".into()),
                x: 0,
                y: 30,
                width: 30,
                height: 30,
            }],
        };
        let rendered = render_svg(&plan, "Hội chợ & bạn", Some(Sheet::A3), Language::Vi).unwrap();
        assert!(
            !rendered.contains("<OCOP>") && !rendered.contains("<script>") && rendered.starts_with("<svg"),
            "{rendered}"
        );
        assert!(rendered.contains(r#"width="420mm" height="297mm""#) && rendered.contains("A Khu"));
    }

    #[test]
    fn wrapped_breaks_at_words_and_marks_truncation() {
        assert_eq!(wrap_name("HTX Miến dong Bình Liêu", 13), ["HTX Miến dong", "Bình Liêu"]);
        assert_eq!(wrap_name("Một hai ba bốn năm sáu bảy tám", 7), ["Một hai", "ba bốn", "năm sá…"]);
        assert_eq!(wrap_name("", 13), Vec::<String>::new());
    }
}
