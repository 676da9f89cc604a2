//! Renders bar charts as inline SVG. Colours are CSS variables, so charts follow the theme of the page.
use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use hoicho_core::i18n::{Language, format};

/// Width of the view box. Narrow, so that text stays readable when scaled down on a phone.
const WIDTH: u32 = 540;
/// Placeholder colours, replaced with CSS variables after drawing, because plotters only supports RGB.
const INK: RGBColor = RGBColor(1, 1, 1);
const LINE: RGBColor = RGBColor(2, 2, 2);
const BAR: RGBColor = RGBColor(3, 3, 3);
const SECOND_BAR: RGBColor = RGBColor(4, 4, 4);
const CSS_COLOURS: [(&str, &str); 4] =
    [("#010101", "var(--ink)"), ("#020202", "var(--line)"), ("#030303", "var(--c3)"), ("#040404", "var(--c2)")];

/// Unit of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Number of objects or people.
    Count,
    /// Minor units of the đồng.
    Money,
}

impl Unit {
    fn format_in_full(self, language: Language, value: i64) -> String {
        match self {
            Self::Count => format::integer(language, value),
            Self::Money => format::money(language, value, "VND"),
        }
    }

    fn format(self, language: Language, value: i64) -> String {
        match self {
            Self::Count => format::integer(language, value),
            Self::Money if value.abs() >= 1_000_000 => {
                let unit = match language {
                    Language::Vi => "tr",
                    Language::En => "M",
                };
                format!("{} {unit}", format::fraction(language, value / 100_000, 1))
            }
            Self::Money => format::integer(language, value),
        }
    }
}

/// A bar.
#[derive(Debug, Clone)]
pub(super) struct Bar {
    pub name: String,
    pub value: i64,
}

/// A chart with its data table, for accessibility.
#[derive(Debug, Clone)]
pub(super) struct Chart {
    pub title: String,
    pub svg: String,
    /// Rows of the data table: name and formatted value.
    pub rows: Vec<(String, String)>,
    /// Formatted total of the rows, if they add up.
    pub total: Option<String>,
}

impl Chart {
    /// Lists these in the data table, with their total, although the chart may show fewer.
    pub fn with_all_rows(self, all: &[Bar], unit: Unit, language: Language) -> Self {
        let total = all.iter().try_fold(0_i64, |sum, bar| sum.checked_add(bar.value));
        let total = total.map(|total| unit.format_in_full(language, total));
        Self { rows: table_rows(all, unit, language), total, ..self }
    }
}

/// Inserts the CSS variables and the accessible name.
fn finish_svg(svg: &str, title: &str) -> String {
    let svg =
        CSS_COLOURS.iter().fold(svg.to_owned(), |svg, (placeholder, variable)| svg.replace(placeholder, variable));
    // Removes `width` and `height`: the stylesheet sets the size.
    let body = svg.split_once("viewBox").map_or(String::new(), |(_, rest)| rest.to_owned());
    let title = title.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    format!("<svg class=\"chart\" role=\"img\" aria-label=\"{title}\" viewBox{body}")
}

fn table_rows(bars: &[Bar], unit: Unit, language: Language) -> Vec<(String, String)> {
    bars.iter().map(|bar| (bar.name.clone(), unit.format_in_full(language, bar.value))).collect()
}

type DrawResult = Result<(), Box<dyn std::error::Error>>;

fn label(size: i32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

fn draw_columns(svg: &mut String, bars: &[Bar], unit: Unit, language: Language) -> DrawResult {
    let area = SVGBackend::with_string(svg, (WIDTH, 300)).into_drawing_area();
    let max = bars.iter().map(|b| b.value).max().unwrap_or(0).max(1);
    let top = max.saturating_add(max / 8).saturating_add(1);
    let mut chart = ChartBuilder::on(&area)
        .margin(8)
        .x_label_area_size(30)
        .y_label_area_size(78)
        .build_cartesian_2d(0.0..1.0, 0..top)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .x_labels(2)
        .y_labels(5)
        .light_line_style(TRANSPARENT)
        .bold_line_style(LINE)
        .axis_style(LINE)
        .y_label_style(label(15))
        .y_label_formatter(&|value| unit.format(language, *value))
        .draw()?;
    // At most seven labels fit side by side.
    let label_step = bars.len().div_ceil(7).max(1);
    let plot = chart.plotting_area();
    let (width, height) = plot.dim_in_pixel();
    let (left, bottom) = plot.get_base_pixel();
    let slot = |n: usize| -> Result<i32, std::num::TryFromIntError> {
        i32::try_from(u64::from(width) * u64::try_from(n)? / u64::try_from(bars.len().max(1))?)
    };
    let height_of = |value: i64| -> Result<i32, std::num::TryFromIntError> {
        i32::try_from(i128::from(height) * i128::from(value.max(0)) / i128::from(top))
    };
    let floor = bottom + i32::try_from(height)?;
    for (n, bar) in bars.iter().enumerate() {
        let (from, to) = (left + slot(n)?, left + slot(n + 1)?);
        let gap = ((to - from) / 6).max(1);
        let y = floor - height_of(bar.value)?;
        area.draw(&Rectangle::new([(from + gap, y), (to - gap, floor)], BAR.filled()))?;
        let middle = i32::midpoint(from, to);
        let centred = |size| label(size).pos(Pos::new(HPos::Center, VPos::Top));
        if n % label_step == 0 {
            area.draw(&Text::new(bar.name.clone(), (middle, floor + 7), centred(15)))?;
        }
        if bars.len() <= 7 && bar.value > 0 {
            area.draw(&Text::new(unit.format(language, bar.value), (middle, y - 17), centred(14)))?;
        }
    }
    area.present()?;
    Ok(())
}

fn draw_rows(svg: &mut String, bars: &[Bar], unit: Unit, language: Language) -> DrawResult {
    let count = u32::try_from(bars.len().max(1))?;
    let area = SVGBackend::with_string(svg, (WIDTH, count * 34 + 8)).into_drawing_area();
    let max = bars.iter().map(|b| b.value).max().unwrap_or(0).max(1);
    let (left, room) = (205, 225);
    for (n, bar) in bars.iter().enumerate() {
        let y = 4 + 34 * i32::try_from(n)?;
        let name: String = if bar.name.chars().count() > 24 {
            bar.name.chars().take(23).chain(['…']).collect()
        } else {
            bar.name.clone()
        };
        let length = i32::try_from(i128::from(room) * i128::from(bar.value.max(0)) / i128::from(max))?;
        let at = |h| label(15).pos(Pos::new(h, VPos::Center));
        area.draw(&Text::new(name, (left - 10, y + 15), at(HPos::Right)))?;
        area.draw(&Rectangle::new([(left, y + 3), (left + length.max(1), y + 27)], BAR.filled()))?;
        area.draw(&Text::new(unit.format(language, bar.value), (left + length + 8, y + 15), at(HPos::Left)))?;
    }
    area.present()?;
    Ok(())
}

fn chart(
    title: String,
    bars: &[Bar],
    unit: Unit,
    language: Language,
    draw: fn(&mut String, &[Bar], Unit, Language) -> DrawResult,
) -> Chart {
    let mut svg = String::new();
    if let Err(error) = draw(&mut svg, bars, unit, language) {
        // The data table is still shown, so the page does not fail because of the chart.
        tracing::error!(%error, "failed to draw chart");
        svg.clear();
    }
    Chart { svg: finish_svg(&svg, &title), title, rows: table_rows(bars, unit, language), total: None }
}

/// Vertical bars, for days and hours, which add up.
pub(super) fn column_chart(title: String, bars: &[Bar], unit: Unit, language: Language) -> Chart {
    chart(title, bars, unit, language, draw_columns).with_all_rows(bars, unit, language)
}

/// Horizontal bars, for long names such as zones and localities.
pub(super) fn row_chart(title: String, bars: &[Bar], unit: Unit, language: Language) -> Chart {
    chart(title, bars, unit, language, draw_rows)
}

fn draw_pairs(svg: &mut String, bars: &[Bar], unit: Unit, language: Language) -> DrawResult {
    let area = SVGBackend::with_string(svg, (WIDTH, 110)).into_drawing_area();
    let max = bars.iter().map(|b| b.value).max().unwrap_or(0).max(1);
    for (n, (bar, colour)) in bars.iter().zip([BAR, SECOND_BAR]).enumerate() {
        let y = 8 + 50 * i32::try_from(n)?;
        let length = i32::try_from(i128::from(230) * i128::from(bar.value.max(0)) / i128::from(max))?;
        let at = |h| label(16).pos(Pos::new(h, VPos::Center));
        let name: String = bar.name.chars().take(24).collect();
        area.draw(&Text::new(name, (195, y + 18), at(HPos::Right)))?;
        area.draw(&Rectangle::new([(205, y), (205 + length.max(1), y + 36)], colour.filled()))?;
        area.draw(&Text::new(unit.format(language, bar.value), (213 + length, y + 18), at(HPos::Left)))?;
    }
    area.present()?;
    Ok(())
}

/// Two horizontal bars, for comparison.
pub(super) fn comparison_chart(title: String, bars: &[Bar; 2], unit: Unit, language: Language) -> Chart {
    chart(title, bars, unit, language, draw_pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(values: &[i64]) -> Vec<Bar> {
        values.iter().enumerate().map(|(n, v)| Bar { name: format!("Khu <{n}> & bạn"), value: *v }).collect()
    }

    #[test]
    fn charts_handle_any_values_and_escape_names() {
        let shapes: [&[i64]; 4] = [&[], &[0, 0], &[5, 1_000_000_000_000, -3], &[1; 40]];
        for values in shapes {
            for unit in [Unit::Count, Unit::Money] {
                for draw in [column_chart, row_chart] {
                    let chart = draw("Doanh thu <b>".into(), &bars(values), unit, Language::Vi);
                    assert!(
                        chart.svg.starts_with("<svg class=\"chart\" role=\"img\"") && chart.svg.ends_with("</svg>\n"),
                        "{}",
                        chart.svg
                    );
                    assert!(!chart.svg.contains("<b>") && !chart.svg.contains("Khu <"), "{}", chart.svg);
                    assert_eq!(chart.rows.len(), values.len());
                }
            }
        }
    }

    #[test]
    fn colours_are_css_variables() {
        let chart = column_chart(String::new(), &bars(&[5, 3]), Unit::Money, Language::Vi);
        assert!(chart.svg.contains("var(--c3)") && !chart.svg.contains("#0"), "{}", chart.svg);
    }
}
