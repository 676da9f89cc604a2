//! Import of spreadsheets: headers below title rows, merged cells, numbers as text, dates in many formats, totals at the
//! end. Steps: upload the file, detect or change the column mapping, check (dry run), apply all rows or only the valid ones.
//!
//! Invariants: a dry run is an import that is rolled back, so it finds the same errors; rows are validated by the same rules
//! as API requests; totals in the file are only compared with the sum of the rows, and differences are reported.
mod bad_rows;
mod context;
mod extract_rows;
mod fields;
mod mapping;
mod parse_rows;
mod phrases;
mod preview;
mod progress;
mod read_cells;
mod routes;
mod run;
mod store;
mod table;
mod vocabulary;

pub use context::ImportContext;
pub use extract_rows::Passed;
pub use fields::ImportKind;
pub use preview::Sum;
pub use progress::RunningImports;
pub use routes::{
    ApiDoc, ColumnView, FaultView, FieldView, ImportView, OutcomeView, UnderstoodRowView, find_view, routes,
};
pub use run::{ImportOutcome, Mode, RowError};
pub use store::delete_expired;
pub use table::{ImportTable, SheetInfo};
