//! How an allocation run gives booths.
hoicho_core::text_enum! {
    /// How booths are given.
    Policy {
        /// Strict order: each gets the best still free.
        SpaceDraw,
        /// Most applications served, then the highest total of points-weighted wishes.
        Optimum,
    }
}

impl From<Policy> for hoicho_optimiser::Policy {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::SpaceDraw => Self::SpaceDraw,
            Policy::Optimum => Self::Optimum,
        }
    }
}
