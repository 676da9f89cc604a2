//! Import of spreadsheets: headers below title rows, merged cells, numbers as text, dates in many formats, totals at the
//! end. Steps: upload the file, detect or change the column mapping, check (dry run), apply all rows or only the valid ones.
//!
//! Invariants: a dry run is an import that is rolled back, so it finds the same errors; rows are validated by the same rules
//! as API requests; totals in the file are only compared with the sum of the rows, and differences are reported.
mod extract_rows;
mod fields;
mod mapping;
mod parse_rows;
mod progress;
mod routes;
mod run;
mod store;
mod table;

pub use fields::ImportKind;
pub use progress::RunningImports;
pub use routes::{ApiDoc, routes};
pub use run::{ImportOutcome, Mode, RowError, opening_days};
pub use store::delete_expired;
pub use table::ImportTable;
