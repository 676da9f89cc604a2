//! What the columns of records are, for the workbook that people read.
use std::collections::HashMap;

use serde_json::{Map, Value};

/// How the cells of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellKind {
    Text,
    /// Words of a set of messages.
    Code(&'static str),
    Country,
    Day,
    /// In UTC; written in the edition's time zone.
    Instant,
    /// Minor units.
    Money,
    /// Square decimetres.
    Area,
    Thousandths,
    /// Identifier of another record, written as its name.
    Reference,
}

/// The kind of a column of a record type.
pub(super) fn cell_kind(record: &str, column: &str) -> CellKind {
    match (record, column) {
        ("edition", "state") => CellKind::Code("edition-state"),
        ("application", "state") => CellKind::Code("application-state"),
        ("allocation", "state") => CellKind::Code("allocation-state"),
        ("sales_report", "state") => CellKind::Code("report-state"),
        ("participant", "role") => CellKind::Code("exhibitor-role"),
        ("trade_deal", "kind") => CellKind::Code("deal-kind"),
        (_, "availability") => CellKind::Code("availability"),
        (_, "category") => CellKind::Code("booth-category"),
        (_, "legal_form") => CellKind::Code("legal-form"),
        (_, "product_group") => CellKind::Code("product-group"),
        (_, "channel") => CellKind::Code("sales-channel"),
        (_, "country") => CellKind::Country,
        (_, "day" | "first_day" | "last_day" | "local_day" | "signed_on" | "certificate_expires_on") => CellKind::Day,
        (_, "registration_opens_at" | "registration_closes_at" | "ended_at") => CellKind::Instant,
        (_, "waitlisted_at" | "submitted_at" | "created_at" | "expires_at") => CellKind::Instant,
        (_, "recorded_at" | "occurred_at" | "made_at") => CellKind::Instant,
        (_, "amount" | "ocop_amount" | "fee" | "declared_sales") => CellKind::Money,
        (_, "area_dm2") => CellKind::Area,
        (_, "quantity_milli") => CellKind::Thousandths,
        (_, "zone" | "booth" | "exhibitor" | "application" | "allocation" | "gate" | "report") => CellKind::Reference,
        _ => CellKind::Text,
    }
}

/// Whether a column has a total. Versions and lines do not add up: they include those that were corrected.
pub(super) fn adds_up(record: &str, column: &str) -> bool {
    matches!(
        (record, column),
        ("booth", "area_dm2" | "fee" | "booth_equivalents")
            | ("application", "booths_wanted")
            | ("sales_report" | "trade_deal", "amount" | "ocop_amount")
            | ("visit_count", "entries" | "exits")
    )
}

/// The name of a record that others refer to; `names` are those of the records before it.
pub(super) fn label(record: &str, row: &Map<String, Value>, names: &HashMap<String, String>) -> Option<String> {
    let text = |column: &str| row.get(column).and_then(Value::as_str);
    let name_of = |column: &str| names.get(text(column)?).cloned();
    match record {
        "zone" | "exhibitor" | "gate" => text("name").map(str::to_owned),
        "booth" => text("code").map(str::to_owned),
        "application" => name_of("exhibitor"),
        "allocation" => Some(format!("{} {}", name_of("booth")?, name_of("application")?)),
        "sales_report" => Some(format!("{} {}", name_of("booth")?, text("day")?)),
        _ => None,
    }
}
