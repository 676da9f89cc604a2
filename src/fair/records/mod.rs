//! What the archive records of all capabilities share. A record holds the archived columns of a row; the `archive.rs` of
//! each capability defines its records, exports them and imports them. `archive` puts them into files.
//!
//! Invariant: the names, fields and order of fields of records are a stable file format. A new field needs
//! `#[serde(default)]`, so that files of older versions can be imported.
mod clean_text;
mod export;
mod import;

pub use clean_text::{CleanText, require_text};
pub(crate) use export::{PAGE_ROWS, load_page, paged_by_edition};
pub use export::{PagedRecord, RecordSink, export_pages, for_each_page};
pub(crate) use import::insert_rows;
pub use import::{ArchiveImport, ImportRecords, validate};
