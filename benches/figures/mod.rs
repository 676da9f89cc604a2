//! Figures as a table for people and as JSON for whoever publishes them: `target/figures/NAME.json`.
use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use serde::Serialize;

/// One figure; where there is something to compare it with, that and the ratio of the two.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    pub name: String,
    pub value: f64,
    pub unit: &'static str,
    pub baseline: Option<f64>,
    pub ratio: Option<f64>,
}

#[derive(Debug, Default)]
pub struct Figures(Vec<Figure>);

impl Figures {
    pub fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str, baseline: Option<f64>) {
        let ratio = baseline.filter(|b| *b > 0.0).map(|b| value / b);
        self.0.push(Figure { name: name.into(), value, unit, baseline, ratio });
    }

    /// Prints the table and writes the file.
    pub fn publish(&self, name: &str) -> std::io::Result<()> {
        let mut table = Table::new();
        table.load_preset(UTF8_FULL_CONDENSED);
        table.set_header(["figure", "value", "unit", "baseline", "ratio"]);
        for f in &self.0 {
            let number = |n: f64| if n.fract() == 0.0 { format!("{n:.0}") } else { format!("{n:.6}") };
            let or_none = |n: Option<f64>| n.map(number).unwrap_or_default();
            table.add_row([f.name.clone(), number(f.value), f.unit.into(), or_none(f.baseline), or_none(f.ratio)]);
        }
        for column in [1, 3, 4] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        println!("{table}");
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/figures");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("{name}.json")), serde_json::to_string_pretty(&self.0)?)
    }
}
