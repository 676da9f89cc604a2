//! The demo: three real editions whose reports and counts add up to the published figures to the đồng, and one
//! around today to play with. Generated from a seed, so every start shows the same.
mod exhibitors;
mod facts;
mod figures;
mod fill;
mod floor;
mod people;
mod shares;
mod today;
pub use fill::{DEMO_SLUG, fill};
pub use people::{PASSWORD, PEOPLE};
