//! States of an allocation run.
crate::text_enum! {
    /// State of an allocation run.
    RunState {
        /// Being computed.
        Running,
        /// Has a proposal, not yet applied.
        Proposed,
        /// Failed, or its node stopped.
        Failed,
        /// Cancelled before it had a proposal.
        Cancelled,
        /// The proposal was applied.
        Applied,
    }
}
