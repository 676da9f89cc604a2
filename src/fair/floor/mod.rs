//! The floor of an edition: zones, booths, price list and floor plan.
//!
//! Invariants: a booth's code and its position in a row are unique in its edition; its zone belongs to the same
//! edition; a zone's hall belongs to the edition's venue.
pub(crate) mod archive;
mod booth_category;
mod booth_spec;
pub mod eligibility;
pub mod floor_plan;
mod floor_plan_svg;
pub mod import;
pub mod numbering;
mod occupancy;
pub mod owners;
mod routes;
pub mod store;
pub mod undo;
pub use booth_category::BoothCategory;
pub use eligibility::{Candidate, Eligibility, UnmetRule};
pub use floor_plan::{Plan, PlanBooth};
pub use floor_plan_svg::{Sheet, ZONE_COLOURS, render_svg, wrap_name};
pub use occupancy::Occupancy;
pub use routes::{ApiDoc, BoothView, Booths, ZoneView, Zones, routes};
