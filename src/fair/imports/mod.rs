//! Import of spreadsheets: headers below title rows, merged cells, numbers as text, dates in many formats, totals at the
//! end. Steps: upload the file, detect or change the column mapping, check (dry run), apply all rows or only the valid ones.
//!
//! Invariants: a dry run is an import that is rolled back, so it finds the same errors; rows are validated by the same rules
//! as API requests; totals in the file are only compared with the sum of the rows, and differences are reported.
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
