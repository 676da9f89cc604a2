//! Exhibitors: an organiser's records of those who take part in its fairs, with contacts, notes and tags.
//!
//! Invariants: only the organiser writes them, and nothing it enters opens or changes the account of an organisation. A record is
//! linked with at most one organisation, and an organisation with at most one record of an organiser; only the organisation links
//! (`links`). A record that was merged into another (`merges`) is kept, but is in no list and cannot apply. An exhibitor that stands
//! at a fair is public with name, legal form and place.
pub(crate) mod archive;
pub mod contacts;
pub mod create;
pub mod duplicates;
mod find_by_words;
pub mod history;
pub mod matching;
pub mod owners;
mod routes;
pub mod search;
pub mod store;
pub mod undo;
pub mod without_email;
pub use find_by_words::find_by_words;
pub use routes::{ApiDoc, ExhibitorView, routes};
