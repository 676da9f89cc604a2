//! Categories of booths.
hoicho_core::text_enum! {
    /// Category of a booth.
    BoothCategory {
        /// 3 × 3 m.
        Standard,
        /// Open on two sides.
        Corner,
        /// Decorated pavilion on the area of several standard booths.
        SpecialBuild,
        /// Floor space without booth construction.
        RawSpace,
    }
}
