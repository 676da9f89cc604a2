//! The console in Chromium, against a real server.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that breaks should say where"
)]
mod accessible;
mod browser;
mod exhibitor;
mod fair;
mod gate;
mod organiser;
mod passkeys;
mod second_factor;
#[path = "../cli/server.rs"]
#[expect(dead_code, reason = "the tests of the program use the rest")]
mod server;
mod together;
#[path = "../support/wait.rs"]
#[expect(dead_code, reason = "the browser has its own polling")]
mod wait;
mod without_script;
