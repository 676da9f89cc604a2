//! States of a webhook delivery.
crate::text_enum! {
    /// State of a delivery.
    DeliveryState {
        /// Queued, or waiting for a retry.
        Waiting,
        /// The endpoint responded with 2xx.
        Delivered,
        /// All retries failed.
        Failed,
    }
}
