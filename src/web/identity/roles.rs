//! Roles of users with organisers and exhibitors.
hoicho_core::text_enum! {
    /// Role with an organiser.
    OrganiserRole {
        /// Everything, including staff.
        Owner,
        /// Plans editions, decides on applications, allocates booths, publishes.
        Manager,
        /// Sales reports, deals and fees.
        Finance,
        /// Counts visits at gates.
        Gate,
        /// Read only.
        Viewer,
    }
}
hoicho_core::text_enum! {
    /// Role with an exhibitor.
    ExhibitorRole {
        /// Everything, including members.
        Owner,
        /// Reports sales.
        Staff,
    }
}
