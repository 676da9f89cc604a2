//! Import of spreadsheets: headers below title rows, merged cells, numbers as text, dates in many formats, totals at the
//! end. Steps: upload the file, detect or change the column mapping, check (dry run), apply all rows or only the valid ones, undo.
//!
//! Invariants: a dry run is an import that is rolled back, so it finds the same errors; rows are validated by the same rules
//! as API requests; totals in the file are only compared with the sum of the rows, and differences are reported; what an import made
//! is recorded in the same transaction, and undone only while nothing else has changed it; a large import is written in chunks, and one
//! that stops in between can be applied again or undone (`write.rs`).
mod bad_rows;
mod changes;
mod chunks;
mod context;
mod extract_rows;
mod fields;
mod importer;
mod mapping;
mod parse_rows;
mod phrases;
mod preview;
mod progress;
mod read_cells;
mod routes;
mod run;
mod store;
mod stored_import;
mod table;
mod vocabulary;
mod write;

pub use context::ImportContext;
pub use extract_rows::Passed;
pub use fields::{ImportKind, UnitName};
pub use preview::Sum;
pub use progress::RunningImports;
pub use routes::{
    ApiDoc, ColumnView, FaultView, FieldView, ImportSummaryView, ImportView, OutcomeView, UnderstoodRowView,
    find_recent, find_view, routes,
};
pub use run::{ImportOutcome, Mode, PlannedImport, RowError};
pub use store::{delete_expired, find_lapsed, interrupt_lapsed};
pub use table::{ImportTable, MappingChange, SheetInfo};
pub use write::apply_file;
