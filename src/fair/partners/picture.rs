//! The picture that social networks show beside a link to an edition: its name, when and where, how many booths are
//! taken, and the floor plan. 1,200 × 630 pixels, as the Open Graph protocol's readers expect.
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use askama::Template;
use resvg::{tiny_skia, usvg};

use crate::floor::{COLOURS, Occupancy, Plan, PlanBooth, wrapped};
use hoicho_core::{
    i18n::{Language, Words, numbers},
    values::{clock::Day, ids::ZoneId},
};

const WIDTH: u32 = 1_200;
const HEIGHT: u32 = 630;
/// Where the first line of the name stands, in pixels from the top.
const TOP: i32 = 150;
/// Characters of a line of the name where the plan stands beside it, and where nothing does.
const BESIDE: usize = 21;
const ALONE: usize = 40;
/// Characters of a line of facts beside the plan.
const FACT: usize = 34;

/// What is drawn.
pub(super) struct Facts {
    pub name: String,
    /// First and last opening day.
    pub days: Option<(Day, Day)>,
    pub place: Option<String>,
    pub plan: Plan,
}

/// Why there is no picture; a defect.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotDrawn {
    #[error(transparent)]
    Template(#[from] askama::Error),
    #[error(transparent)]
    Svg(#[from] usvg::Error),
    #[error("no room for a picture")]
    NoRoom,
    #[error("the picture could not be packed: {0}")]
    Png(String),
}

#[derive(Template)]
#[template(path = "picture.svg")]
struct Picture<'a> {
    title: Vec<(i32, String)>,
    facts: Vec<(i32, String)>,
    plan: Option<&'a Plan>,
    colours: HashMap<ZoneId, (&'static str, &'static str)>,
}

impl Picture<'_> {
    fn fill(&self, booth: &PlanBooth) -> &'static str {
        match booth.occupancy {
            Occupancy::Free => "#ffffff",
            Occupancy::Reserved => "#e3e7e5",
            Occupancy::Let => self.colours.get(&booth.zone).map_or("#d9d9d9", |c| c.0),
        }
    }
    fn stroke(&self, booth: &PlanBooth) -> &'static str {
        self.colours.get(&booth.zone).map_or("#4d4d4d", |c| c.1)
    }
}

/// Letters with every Vietnamese mark; read once.
static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(notosans::REGULAR_TTF.to_vec());
    fonts.load_font_data(notosans::BOLD_TTF.to_vec());
    Arc::new(fonts)
});

fn svg(facts: &Facts, language: Language) -> Result<String, askama::Error> {
    let words = Words(language);
    let has_plan = !facts.plan.booths.is_empty();
    let title: Vec<_> = (0..).zip(wrapped(&facts.name, if has_plan { BESIDE } else { ALONE })).collect();
    let title: Vec<_> = title.into_iter().map(|(n, line)| (TOP + 64 * n, line)).collect();
    let mut lines = Vec::new();
    lines.extend(facts.days.map(|(first, last)| numbers::dates(language, first, last)));
    lines.extend(facts.place.iter().flat_map(|place| wrapped(place, FACT)));
    if has_plan {
        let free = facts.plan.booths.iter().filter(|b| b.occupancy == Occupancy::Free).count();
        let counts = [("plan-taken", facts.plan.booths.len() - free), ("plan-free", free)];
        lines.extend(counts.into_iter().filter(|(_, n)| *n > 0).map(|(key, n)| words.count(key, n)));
    }
    let below = title.last().map_or(TOP, |(y, _)| *y) + 72;
    Picture {
        title,
        facts: (0..).zip(lines).map(|(n, line)| (below + 48 * n, line)).collect(),
        plan: Some(&facts.plan).filter(|_| has_plan),
        colours: facts.plan.zones.iter().zip(COLOURS.iter().cycle()).map(|(zone, c)| (zone.id, *c)).collect(),
    }
    .render()
}

/// Draws the picture as PNG. Takes tens of milliseconds: not for the async threads.
pub(super) fn draw(facts: &Facts, language: Language) -> Result<Vec<u8>, NotDrawn> {
    let options =
        usvg::Options { fontdb: FONTS.clone(), font_family: "Noto Sans".to_owned(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(&svg(facts, language)?, &options)?;
    let mut pixels = tiny_skia::Pixmap::new(WIDTH, HEIGHT).ok_or(NotDrawn::NoRoom)?;
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| NotDrawn::Png(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_with_marks_have_pictures_of_their_own() {
        let letters = "đăâươẵỗựỷờẽỉ";
        let drawn = |name: String| {
            let plan = Plan { width: 0, height: 0, zones: vec![], booths: vec![] };
            draw(&Facts { name, days: None, place: None, plan }, Language::Vi).unwrap()
        };
        // A letter without a shape of its own is drawn as the box that stands for all of them.
        let missing = drawn("\u{e000}".to_owned());
        let mut seen = std::collections::HashSet::new();
        for letter in letters.chars() {
            let picture = drawn(letter.to_uppercase().to_string());
            assert_ne!(picture, missing, "{letter}");
            assert!(seen.insert(picture), "{letter} looks like another");
        }
    }
}
