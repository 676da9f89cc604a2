//! Roles, and the sets of them that actions allow.
hoicho_core::text_enum! {
    /// What a person may do for an organiser.
    OrganiserRole {
        /// Everything, staff included.
        Owner,
        /// Plans, judges, allocates, publishes.
        Manager,
        /// Sales figures, deals, fees.
        Finance,
        /// Counts visits.
        Gate,
        /// Reads.
        Viewer,
    }
}
hoicho_core::text_enum! {
    /// What a person may do for an exhibitor.
    ExhibitorRole {
        /// Everything, members included.
        Owner,
        /// Reports sales.
        Staff,
    }
}
