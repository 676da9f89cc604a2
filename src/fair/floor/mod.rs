//! The floor: zones, booths and the price list of an edition, and its plan.
//!
//! Invariants: a booth's code and its place in a row are unique in its edition; its zone belongs to the same
//! edition; a zone's hall is one of the edition's venue.
mod drawing;
pub mod eligibility;
pub mod import;
mod kind;
pub mod numbering;
pub mod owners;
mod plan;
mod routes;
pub mod store;
pub use drawing::{COLOURS, Sheet, svg, wrapped};
pub use eligibility::{Candidate, Eligibility, Obstacle};
pub use plan::{Occupancy, Plan, PlanBooth, plan};
pub use routes::{ApiDoc, BoothView, Booths, ZoneView, Zones, routes};

hoicho_core::text_enum! {
    /// Whether a round may give a booth away. By hand anything goes.
    BoothAvailability {
        /// Yes.
        Open,
        /// Kept for somebody the organiser has in mind.
        Reserved,
        /// Not to be used: a pillar, a fire exit.
        Locked,
    }
}

hoicho_core::text_enum! {
    /// What kind of booth.
    BoothCategory {
        /// 3 × 3 m.
        Standard,
        /// Open on two sides.
        Corner,
        /// Decorated pavilion, in the room of many standard booths.
        SpecialBuild,
        /// Bare floor.
        RawSpace,
    }
}
