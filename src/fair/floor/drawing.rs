//! The floor plan as a picture, for screens and for paper up to A0: zones in colours that colour-blind people tell apart,
//! booths with code and exhibitor, and a legend.
use std::collections::HashMap;

use askama::Template;

use super::plan::{Occupancy, Plan, PlanBooth};
use hoicho_core::{
    i18n::{Language, Words},
    values::ids::ZoneId,
};

/// Okabe and Ito's colours, which people with any kind of colour-blindness tell apart; light for the booths, full for
/// their borders.
pub const COLOURS: [(&str, &str); 8] = [
    ("#bcd7ec", "#0072b2"),
    ("#f7d9a8", "#c77f00"),
    ("#b5e3d3", "#007a5a"),
    ("#f3cde0", "#a8487f"),
    ("#f5c7ad", "#b84a00"),
    ("#cfe8f8", "#2b8cbe"),
    ("#f6efb0", "#8f8200"),
    ("#d9d9d9", "#4d4d4d"),
];

/// A character of a name takes about so many tenths of a decimetre.
const CHARACTER: usize = 25;
/// Lines of a name on a booth.
const LINES: usize = 3;
/// Under the plan.
const LEGEND: i32 = 34;
/// Over the plan.
const TITLE: i32 = 50;

/// A size of paper, lying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sheet {
    A4,
    A3,
    A2,
    A1,
    A0,
}

impl Sheet {
    /// Millimetres.
    fn size(self) -> (u32, u32) {
        match self {
            Self::A4 => (297, 210),
            Self::A3 => (420, 297),
            Self::A2 => (594, 420),
            Self::A1 => (841, 594),
            Self::A0 => (1_189, 841),
        }
    }
}

struct Entry {
    x: i32,
    y: i32,
    label: String,
    fill: &'static str,
    stroke: &'static str,
}

#[derive(Template)]
#[template(path = "floor_plan.svg")]
struct Picture<'a> {
    plan: &'a Plan,
    title: &'a str,
    sheet: Option<(u32, u32)>,
    height: i32,
    colours: HashMap<ZoneId, (&'static str, &'static str)>,
    legend: Vec<Entry>,
    shift: i32,
}

impl Picture<'_> {
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
    /// Lines of the exhibitor's name with their heights.
    fn lines(&self, booth: &PlanBooth) -> Vec<(i32, String)> {
        let room = usize::try_from(booth.width).unwrap_or_default().saturating_mul(10) / CHARACTER;
        let lines = booth.exhibitor.as_deref().map(|name| wrapped(name, room.max(4))).unwrap_or_default();
        (0..).zip(lines).map(|(n, line)| (booth.y + 15 + 5 * n, line)).collect()
    }
}

/// A name in at most [`LINES`] lines of `room` characters; what is left over ends in an ellipsis.
pub fn wrapped(name: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        let fits = |line: &String| line.chars().count() + 1 + word.chars().count() <= room;
        match lines.last_mut().filter(|line| fits(line)) {
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(word.chars().take(room).collect()),
        }
    }
    if lines.len() > LINES {
        lines.truncate(LINES);
        if let Some(last) = lines.last_mut() {
            *last = last.chars().take(room.saturating_sub(1)).chain(['…']).collect();
        }
    }
    lines
}

/// Draws a plan; `sheet` is for print.
pub fn svg(plan: &Plan, title: &str, sheet: Option<Sheet>, language: Language) -> Result<String, askama::Error> {
    let colours = plan.zones.iter().zip(COLOURS.iter().cycle()).map(|(zone, colour)| (zone.id, *colour)).collect();
    let words = Words(language);
    let (free, reserved) = (words.say("plan-legend-free"), words.say("plan-legend-reserved"));
    let count = |zone: Option<ZoneId>, occupancy: Option<Occupancy>| {
        let of = |b: &&PlanBooth| zone.is_none_or(|z| b.zone == z) && occupancy.is_none_or(|o| b.occupancy == o);
        plan.booths.iter().filter(of).count()
    };
    let states = [
        (format!("{free} ({})", count(None, Some(Occupancy::Free))), "#ffffff", "#4d4d4d"),
        (format!("{reserved} ({})", count(None, Some(Occupancy::Reserved))), "url(#r)", "#4d4d4d"),
    ];
    let zones = plan.zones.iter().zip(COLOURS.iter().cycle());
    let zones = zones.map(|(z, c)| (format!("{} {} ({})", z.code, z.name, count(Some(z.id), None)), c.0, c.1));
    let wide = plan.width.max(400);
    let (mut x, mut y) = (20, plan.height.saturating_add(TITLE));
    let mut legend = Vec::new();
    // A fair of hundreds of zones is drawn hall by hall; its legend would be a book.
    for (label, fill, stroke) in states.into_iter().chain(zones).take(24) {
        let own = i32::try_from(label.chars().count() * 6 + 44).unwrap_or(wide);
        if x + own > wide && x > 20 {
            (x, y) = (20, y + LEGEND);
        }
        legend.push(Entry { x, y, label, fill, stroke });
        x += own;
    }
    Picture {
        plan,
        title,
        sheet: sheet.map(Sheet::size),
        height: y.saturating_add(LEGEND),
        colours,
        legend,
        shift: TITLE,
    }
    .render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_markup_stays_text_and_a_sheet_has_its_size() {
        let (zone, booth) = (ZoneId::make(), hoicho_core::values::ids::BoothId::make());
        let plan = Plan {
            width: 300,
            height: 100,
            zones: vec![super::super::plan::PlanZone {
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
        let drawn = svg(&plan, "Hội chợ & bạn", Some(Sheet::A3), Language::Vi).unwrap();
        assert!(!drawn.contains("<OCOP>") && !drawn.contains("<script>") && drawn.starts_with("<svg"), "{drawn}");
        assert!(drawn.contains(r#"width="420mm" height="297mm""#) && drawn.contains("A Khu"));
    }

    #[test]
    fn a_name_is_cut_where_words_end_and_what_is_left_out_shows() {
        assert_eq!(wrapped("HTX Miến dong Bình Liêu", 13), ["HTX Miến dong", "Bình Liêu"]);
        assert_eq!(wrapped("Một hai ba bốn năm sáu bảy tám", 7), ["Một hai", "ba bốn", "năm sá…"]);
        assert_eq!(wrapped("", 13), Vec::<String>::new());
    }
}
