//! The capabilities of a trade fair, one folder each. A folder uses only folders of lower rank;
//! `tests/guards/architecture.rs` lists the ranks.
pub mod allocation;
pub mod applications;
pub mod archive;
pub mod editions;
pub mod exhibitors;
pub mod exports;
pub mod floor;
pub mod history;
pub mod imports;

pub mod links;
pub mod localities;
pub mod mail;

pub mod merges;
pub mod organisations;
pub mod organisers;
mod owners;
pub mod partners;
pub mod personal_data;
pub mod products;
mod records;
pub mod sales;
pub mod statistics;
pub mod tables;
pub mod typed_values;
pub mod venues;
pub mod visits;
pub mod webhooks;

pub use owners::find_owners;
