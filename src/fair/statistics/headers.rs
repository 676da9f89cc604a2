//! What the columns of a workbook are called: a person reads it, a program reads the JSON or CSV.
use hoicho_core::i18n::Text;

/// The title of a column; one that has none is shown as it is.
pub(super) fn title(column: &str) -> Text {
    const NAMED: [&str; 26] = [
        "booth",
        "zone",
        "category",
        "area_dm2",
        "booth_equivalents",
        "exhibitor",
        "amount",
        "ocop_amount",
        "reports",
        "day",
        "country",
        "locality",
        "visits",
        "exits",
        "hour",
        "gate",
        "role",
        "legal_form",
        "booths",
        "figure",
        "previous_edition",
        "now",
        "before",
        "ratio",
        "change",
        "like_with_like",
    ];
    if NAMED.contains(&column) {
        return Text::of(&format!("column-{}", column.replace('_', "-")));
    }
    Text::verbatim(column, column)
}
