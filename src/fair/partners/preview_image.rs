//! Preview image (Open Graph) of an edition for social networks: name, days, place, number of booths taken, and the floor
//! plan. 1,200 × 630 pixels, the size that Open Graph consumers expect.
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use askama::Template;
use resvg::{tiny_skia, usvg};

use crate::floor::{Occupancy, Plan, PlanBooth, ZONE_COLOURS, wrap_name};
use hoicho_core::{
    i18n::{Language, Localizer, format},
    values::{clock::Day, ids::ZoneId},
};

const WIDTH: u32 = 1_200;
const HEIGHT: u32 = 630;
/// Baseline of the first line of the name, in pixels from the top.
const TITLE_Y: i32 = 150;
/// Max characters per line of the name, with and without the floor plan beside it.
const MAX_TITLE_CHARS_WITH_PLAN: usize = 21;
const MAX_TITLE_CHARS: usize = 40;
/// Max characters per line of facts beside the floor plan.
const MAX_FACT_CHARS: usize = 34;

/// Content of the image.
pub(super) struct PreviewContent {
    pub name: String,
    /// First and last opening day.
    pub days: Option<(Day, Day)>,
    pub place: Option<String>,
    pub floor_plan: Plan,
}

/// Rendering error; always a defect.
#[derive(Debug, thiserror::Error)]
pub(super) enum RenderError {
    #[error(transparent)]
    Template(#[from] askama::Error),
    #[error(transparent)]
    Svg(#[from] usvg::Error),
    #[error("cannot allocate the image")]
    Allocation,
    #[error("cannot encode the image as PNG: {0}")]
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

/// Fonts with all Vietnamese diacritics; loaded once.
static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(notosans::REGULAR_TTF.to_vec());
    fonts.load_font_data(notosans::BOLD_TTF.to_vec());
    Arc::new(fonts)
});

fn svg(facts: &PreviewContent, language: Language) -> Result<String, askama::Error> {
    let words = Localizer(language);
    let has_plan = !facts.floor_plan.booths.is_empty();
    let title: Vec<_> =
        (0..).zip(wrap_name(&facts.name, if has_plan { MAX_TITLE_CHARS_WITH_PLAN } else { MAX_TITLE_CHARS })).collect();
    let title: Vec<_> = title.into_iter().map(|(n, line)| (TITLE_Y + 64 * n, line)).collect();
    let mut lines = Vec::new();
    lines.extend(facts.days.map(|(first, last)| format::date_range(language, first, last)));
    lines.extend(facts.place.iter().flat_map(|place| wrap_name(place, MAX_FACT_CHARS)));
    if has_plan {
        let free = facts.floor_plan.booths.iter().filter(|b| b.occupancy == Occupancy::Free).count();
        let counts = [("plan-taken", facts.floor_plan.booths.len() - free), ("plan-free", free)];
        lines.extend(counts.into_iter().filter(|(_, n)| *n > 0).map(|(key, n)| words.localize_count(key, n)));
    }
    let facts_y = title.last().map_or(TITLE_Y, |(y, _)| *y) + 72;
    Picture {
        title,
        facts: (0..).zip(lines).map(|(n, line)| (facts_y + 48 * n, line)).collect(),
        plan: Some(&facts.floor_plan).filter(|_| has_plan),
        colours: facts
            .floor_plan
            .zones
            .iter()
            .zip(ZONE_COLOURS.iter().cycle())
            .map(|(zone, c)| (zone.id, *c))
            .collect(),
    }
    .render()
}

/// Renders the image as PNG. Takes tens of milliseconds of CPU: call it on the pool for rendering.
pub(super) fn render(facts: &PreviewContent, language: Language) -> Result<Vec<u8>, RenderError> {
    let options =
        usvg::Options { fontdb: FONTS.clone(), font_family: "Noto Sans".to_owned(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(&svg(facts, language)?, &options)?;
    let mut pixels = tiny_skia::Pixmap::new(WIDTH, HEIGHT).ok_or(RenderError::Allocation)?;
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| RenderError::Png(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vietnamese_letters_have_distinct_glyphs() {
        let letters = "đăâươẵỗựỷờẽỉ";
        let render = |name: String| {
            let plan = Plan { width: 0, height: 0, zones: vec![], booths: vec![] };
            render(&PreviewContent { name, days: None, place: None, floor_plan: plan }, Language::Vi).unwrap()
        };
        // A character without a glyph is rendered as the font's placeholder box.
        let missing = render("\u{e000}".to_owned());
        let mut seen = std::collections::HashSet::new();
        for letter in letters.chars() {
            let image = render(letter.to_uppercase().to_string());
            assert_ne!(image, missing, "{letter}");
            assert!(seen.insert(image), "{letter}: glyph is not unique");
        }
    }
}
