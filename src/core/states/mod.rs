//! States of the things that are stored, and what a state means for those who read it: rules and queries of every capability
//! share these enums, so that no query spells a state. Which transitions are allowed is a rule of the capability
//! (`lifecycle.rs`).
//!
//! The schema lists the same states in its constraints, indexes, views and triggers; tests below compare them.
mod allocation;
mod allocation_run;
mod application;
mod booth;
mod edition;
mod import;
mod sales_report;
mod webhook_delivery;

pub use allocation::AllocationState;
pub use allocation_run::RunState;
pub use application::ApplicationState;
pub use booth::BoothAvailability;
pub use edition::{EditionPhase, EditionState};
pub use import::ImportState;
pub use sales_report::ReportState;
pub use webhook_delivery::DeliveryState;

#[cfg(test)]
mod tests;
