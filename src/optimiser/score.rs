//! The objective of an assignment.
/// Objective of an assignment, compared lexicographically.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score {
    /// Applications that have booths, including fixed ones.
    pub served: i64,
    /// Σ points × wish value, plus the stability bonus.
    pub value: i64,
}
