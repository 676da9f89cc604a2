//! A whole edition as one file: JSON Lines to be read by programs and taken in elsewhere, or a workbook to be looked at.
//!
//! Invariants: a file is of one moment; it ends with a record that counts the others, so a part of one is never taken for
//! the whole; an edition that is taken in has the figures its rows add up to, frozen anew where they were final, never
//! those that a file claims.
mod arriving;
mod batch;
mod record;
mod routes;
mod sheets;
mod store;
mod take_in;
mod write;

pub use routes::{ApiDoc, routes};
