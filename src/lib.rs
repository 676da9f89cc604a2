//! hoicho: trade fair management. ARCHITECTURE.md has the map, the ranks and the life of a request.
pub mod allocation;
pub mod app;
pub mod applications;
pub mod audit;
pub mod cli;
pub mod config;
pub mod db;
pub mod editions;
pub mod exhibitors;
pub mod floor;
pub mod http;
pub mod i18n;
pub mod identity;
pub mod organisers;
pub mod values;
