//! Tables as organisers have them: titles under title rows, merged cells, numbers as text, dates in any form, totals at
//! the end. A file is read once, its columns are guessed and can be changed, it is tried, and then taken as a whole or
//! without its bad rows.
//!
//! Invariants: a dry run is the real thing taken back, so it finds what the real thing would; a row is taken by the same
//! rules as by the API of its capability; a total that its rows do not add up to is told, never believed.
mod fields;
mod lines;
mod mapping;
mod progress;
mod read;
mod routes;
mod run;
mod store;
mod table;

pub use fields::ImportKind;
pub use progress::Working;
pub use routes::{ApiDoc, routes};
pub use run::{Fault, Mode, Outcome};
pub use store::forget;
pub use table::{Table, days};
