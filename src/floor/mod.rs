//! The floor: zones and booths of an edition.
//!
//! Invariants: a booth's code and its place in a row are unique in its edition; its zone belongs to the same edition.
pub mod numbering;
mod routes;
pub mod store;
pub use routes::{ApiDoc, routes};

crate::text_enum! {
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
