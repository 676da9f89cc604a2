//! Roles of users with organisers and organisations.
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

impl OrganiserRole {
    /// All roles.
    pub const ALL: &'static [Self] = &[Self::Owner, Self::Manager, Self::Finance, Self::Gate, Self::Viewer];
    /// Roles that read everything of an edition: all but gate staff.
    pub const READERS: &'static [Self] = &[Self::Owner, Self::Manager, Self::Finance, Self::Viewer];
    /// Roles that manage editions and their data.
    pub const MANAGERS: &'static [Self] = &[Self::Owner, Self::Manager];
}

hoicho_core::text_enum! {
    /// Role with an organisation.
    OrganisationRole {
        /// Everything, including members.
        Owner,
        /// Reports sales.
        Staff,
    }
}

impl OrganisationRole {
    /// All roles.
    pub const ALL: &'static [Self] = &[Self::Owner, Self::Staff];
}
