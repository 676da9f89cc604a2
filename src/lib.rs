//! hoicho: trade fair management. ARCHITECTURE.md has the map, the ranks and the life of a request.
pub mod app;
pub mod audit;
pub mod cli;
pub mod config;
pub mod db;
pub mod editions;
pub mod floor;
pub mod http;
pub mod i18n;
pub mod identity;
pub mod organisers;
pub mod values;
