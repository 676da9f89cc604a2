//! The floor of an edition: zones, booths, price list and floor plan.
//!
//! Invariants: a booth's code and its position in a row are unique in its edition; its zone belongs to the same
//! edition; a zone's hall belongs to the edition's venue.
pub(crate) mod archive;
mod booth_spec;
pub mod eligibility;
pub mod floor_plan;
mod floor_plan_svg;
pub mod import;
pub mod numbering;
pub mod owners;
mod routes;
pub mod store;
pub use eligibility::{Candidate, Eligibility, UnmetRule};
pub use floor_plan::{Occupancy, Plan, PlanBooth};
pub use floor_plan_svg::{Sheet, ZONE_COLOURS, render_svg, wrap_name};
pub use routes::{ApiDoc, BoothView, Booths, ZoneView, Zones, routes};

hoicho_core::text_enum! {
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
