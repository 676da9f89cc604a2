//! hoicho: trade fair management. ARCHITECTURE.md has the map, the ranks and the life of a request.
pub mod allocation;
pub mod app;
pub mod applications;
pub mod archive;
pub mod audit;
pub mod changes;
pub mod cli;
pub mod config;
pub mod console;
pub mod db;
pub mod demo;
pub mod editions;
pub mod exhibitors;
pub mod floor;
pub mod history;
pub mod http;
pub mod i18n;
pub mod identity;
pub mod imports;
pub mod jobs;
pub mod kept;
pub mod localities;
pub mod mail;
pub mod metrics;
pub mod organisers;
pub mod outbox;
pub mod partners;
pub mod personal_data;
pub mod products;
pub mod sales;
pub mod statistics;
pub mod values;
pub mod venues;
pub mod visits;
pub mod webhooks;

/// Of the program and, by `override`, of SQLite and libpq in it: a claim allocates some hundred times.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
