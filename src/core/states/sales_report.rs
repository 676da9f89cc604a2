//! States of a sales report.
crate::text_enum! {
    /// State of a sales report.
    ReportState {
        /// First version, not reviewed yet.
        Submitted,
        /// Accepted by the organiser.
        Accepted,
        /// Queried by the organiser; the exhibitor replies with a correction.
        Queried,
        /// Later version, not reviewed yet.
        Corrected,
    }
}
