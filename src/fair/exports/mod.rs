//! Records of an edition as files for the organiser: tables that imports read back unchanged (booths, exhibitors with their
//! applications, products, sales, visits), trade deals, and every line of the sales reports.
mod record_table;
mod records;
mod routes;
mod sales_lines;
mod store;

pub use record_table::RecordTable;
pub use routes::{ApiDoc, routes};
