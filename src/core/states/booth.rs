//! Availability of a booth.
crate::text_enum! {
    /// Whether an allocation run may allocate the booth. Manual allocation ignores it.
    BoothAvailability {
        /// Available to allocation runs.
        Open,
        /// Reserved by the organiser for manual allocation.
        Reserved,
        /// Not usable, for example a pillar or a fire exit.
        Locked,
    }
}
