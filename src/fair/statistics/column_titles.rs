//! Localized column titles of XLSX reports; JSON and CSV use the machine-readable names.
use hoicho_core::i18n::LocalizedText;

/// Title of a column; without a message, the name itself.
pub(super) fn column_title(column: &str) -> LocalizedText {
    const COLUMNS_WITH_TITLE: [&str; 26] = [
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
    if COLUMNS_WITH_TITLE.contains(&column) {
        return LocalizedText::from_key(&format!("column-{}", column.replace('_', "-")));
    }
    LocalizedText::verbatim(column, column)
}
