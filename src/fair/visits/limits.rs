//! Limits of counts. The database has the same as constraints of `visit_events`.

/// Max events of one batch.
pub const MAX_EVENTS: usize = 1_000;
/// Max entries or exits of an hour or a day that somebody typed or imported.
pub const MAX_TOTAL: i64 = *CorrectionCount::RANGE.end();

hoicho_web::number_ranges! {
    /// Entries or exits of one event of a device; negative only with a reason.
    DeviceCount i64 -10_000..=10_000,
    /// Entries or exits that a correction adds or takes off.
    CorrectionCount i64 -1_000_000..=1_000_000,
}

/// Entries and exits of a gate on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    pub entries: i64,
    pub exits: i64,
}

impl Totals {
    /// With another count, as far as integers go.
    pub fn plus(self, entries: i64, exits: i64) -> Self {
        Self { entries: self.entries.saturating_add(entries), exits: self.exits.saturating_add(exits) }
    }
    /// Whether both are at most [`MAX_TOTAL`].
    pub fn is_plausible(self) -> bool {
        self.entries <= MAX_TOTAL && self.exits <= MAX_TOTAL
    }
}
