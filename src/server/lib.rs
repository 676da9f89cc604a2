//! hoicho: trade fair management. ARCHITECTURE.md has the map, the ranks and the life of a request.
pub mod api_changes;
pub mod app;
pub mod cli;
pub mod jobs;
pub mod sample_data;

/// Of the program and, by `override`, of SQLite and libpq in it: a claim allocates some hundred times.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
