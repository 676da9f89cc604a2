//! Export and import of an edition in full as one file: JSON Lines for programs, or a workbook for people (export only).
//!
//! Invariants: a file is from one database snapshot; its last record holds the number of the others, so a truncated file
//! is rejected; figures of an imported edition are computed from its rows, never read from the file.
mod export;
mod import;
mod record;
mod routes;
mod workbook;
mod workbook_columns;

pub use routes::{ApiDoc, routes};
