//! Acknowledged writes survive failures of the server and the database. A longer run:
//! `HOICHO_TEST_KILLS=200 cargo test --test durability`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that breaks should say where"
)]
mod abuse;
mod attacks;
mod backups;
mod caller;
#[path = "../support/cluster.rs"]
mod cluster;
mod demo;
mod failover;
mod faults;
mod kills;
mod ledger;
mod nodes;
#[path = "../support/postgres.rs"]
#[expect(dead_code, reason = "only its databases are used here")]
mod postgres;
#[path = "../support/receiver.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod receiver;
#[path = "../cli/server.rs"]
#[expect(dead_code, reason = "the tests of the program use the rest")]
mod server;
mod standby;
#[path = "../support/stop_on_drop.rs"]
mod stop_on_drop;
#[path = "../support/wait.rs"]
#[expect(dead_code, reason = "only its synchronous half is used here")]
mod wait;
