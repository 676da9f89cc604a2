//! Sample data: three past editions whose reports and counts add up exactly to the published figures, and one around
//! today for trying out. Generated from a fixed seed, so every start has the same data.
mod current_edition;
mod exhibitors;
mod facts;
mod figures;
mod fill;
mod floor;
mod generator;
mod split;
mod users;
pub use fill::{DEMO_SLUG, fill};
pub use users::{PASSWORD, USERS, has_published_password, list_usable};
