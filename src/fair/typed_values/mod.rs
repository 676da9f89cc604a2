//! What people type, for all ways in: the parser of `hoicho-spreadsheet` with messages in both languages, and the endpoint by which
//! pages show what was understood.
//!
//! Invariant: a value is understood completely or refused with what is wrong and what to do.
mod errors;
mod parse;
mod quantity;
mod routes;

pub use errors::{cell_error, day_error, hour_error, number_error, stars_error, yes_no_error};
pub use parse::{parse, parse_plain};
pub use quantity::{QuantityName, show};
pub use routes::{ApiDoc, routes};
