//! Counts at gates in batches of 1,000, beside the database's own bulk loader with the same rows and the same table:
//! `cargo bench --bench counts`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a measurement that breaks should say where"
)]
#[path = "../tests/support/cluster.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod cluster;
mod figures;
#[expect(dead_code, reason = "other measurements use the rest")]
mod load;
#[path = "../tests/support/postgres.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod postgres;
#[path = "../tests/support/wait.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod wait;

use std::{
    fmt::Write as _,
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use cluster::Cluster;
use figures::Figures;
use hoicho_core::db::DatabaseUrl;
use load::{EDITION, Served, exchange, in_turn, number, rate, serve_demo};
use serde_json::json;
use uuid::Uuid;

const BATCH: u64 = 1_000;
const CLIENTS: usize = 4;
const TURN: Duration = Duration::from_secs(3);
const TURNS: usize = 5;
/// Rows per measurement of the loader.
const LOADED: u64 = 200_000;

fn field<'a>(of: &'a serde_json::Value, name: &str) -> &'a str {
    of[name].as_str().unwrap()
}

/// Events per second over HTTP.
fn over_http(served: &Served, gate: &str, day: &str) -> f64 {
    let path = format!("{EDITION}/visit-counts");
    let at = format!("{day}T10:00:00+07:00");
    let batches = rate(CLIENTS, TURN, served.port, |stream, buffer| {
        let event = |_| json!({ "id": Uuid::now_v7(), "gate": gate, "occurred_at": at, "entries": 1 });
        let events: Vec<_> = (0..BATCH).map(event).collect();
        let body = json!({ "device": Uuid::now_v7(), "now": chrono::Utc::now(), "events": events }).to_string();
        exchange(stream, &served.request("POST", &path, &body), buffer);
        assert!(buffer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(buffer));
    });
    batches * number(BATCH)
}

/// A file of new rows with unique identifiers.
fn rows(file: &Path, day: &str, id: impl Fn(u64) -> String, rest: &str) {
    let mut table = String::new();
    for n in 0..LOADED {
        writeln!(table, "{},{day} 03:00:00,{day},10,10:00:00,1,0,{day} 03:00:01{rest}", id(n)).unwrap();
    }
    std::fs::write(file, table).unwrap();
}

fn timed(command: &mut Command) -> f64 {
    let began = Instant::now();
    let done = command.stdin(Stdio::null()).output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    number(LOADED) / began.elapsed().as_secs_f64()
}

/// Measures both alternately.
fn measure(figures: &mut Figures, name: &str, served: &Served, load: impl Fn(&str, &str, &str) -> f64) {
    let edition = served.get(EDITION);
    let day = field(&edition["opening_days"][0], "day");
    let gates = served.get(&format!("{EDITION}/gates"));
    let gate = field(&gates["items"][0], "id");
    let (ours, loader) = in_turn(TURNS, || over_http(served, gate, day), || load(field(&edition, "id"), gate, day));
    figures.add(name, ours, "events/s", Some(loader));
}

fn main() {
    let mut figures = Figures::default();
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("rows.csv");
    let file = folder.path().join("bench.sqlite");
    let served = serve_demo(&DatabaseUrl::Sqlite(file.clone()), folder.path(), 8);
    if Command::new("sqlite3").arg("--version").output().is_ok_and(|tried| tried.status.success()) {
        let turn = AtomicU64::new(0);
        measure(
            &mut figures,
            "SQLite, batches of 1,000 over HTTP; baseline: .import",
            &served,
            |edition, gate, day| {
                // The loader knows no bytes: it fills a table of text, which one statement takes over. 16 digits are the
                // 16 bytes of an identifier, growing as ours do.
                let first = turn.fetch_add(LOADED, Ordering::Relaxed);
                rows(&table, day, |n| format!("{:016}", first + n), "");
                let bytes = |id: &str| format!("x'{}'", id.parse::<Uuid>().unwrap().simple());
                let (edition, gate) = (bytes(edition), bytes(gate));
                let take = format!(
                    "INSERT INTO visit_events \
                     (id, edition_id, gate_id, occurred_at, local_day, local_hour, local_time, entries, exits, recorded_at) \
                     SELECT CAST(id AS BLOB), {edition}, {gate}, occurred_at, local_day, local_hour, local_time, entries, \
                     exits, recorded_at FROM loaded;"
                );
                let columns = "id TEXT, occurred_at, local_day, local_hour, local_time, entries, exits, recorded_at";
                let steps = [
                    "PRAGMA synchronous=FULL;".to_owned(),
                    "PRAGMA foreign_keys=ON;".to_owned(),
                    format!("CREATE TEMP TABLE loaded ({columns});"),
                    ".mode csv".to_owned(),
                    format!(".import {} loaded", table.display()),
                    take,
                ];
                timed(Command::new("sqlite3").arg("-bail").arg(&file).args(steps))
            },
        );
    } else {
        println!("no sqlite3: not measured there");
    }
    if let Some(cluster) = Cluster::start(&["shared_buffers=256MB"]) {
        let folder = tempfile::tempdir().unwrap();
        let served = serve_demo(&cluster.url("hoicho").parse().unwrap(), folder.path(), 8);
        measure(
            &mut figures,
            "PostgreSQL, batches of 1,000 over HTTP; baseline: COPY",
            &served,
            |edition, gate, day| {
                rows(&table, day, |_| Uuid::now_v7().to_string(), &format!(",{edition},{gate}"));
                let copy = format!(
                    "\\copy visit_events \
                     (id, occurred_at, local_day, local_hour, local_time, entries, exits, recorded_at, edition_id, gate_id) \
                     FROM '{}' CSV",
                    table.display()
                );
                timed(Command::new("psql").arg(cluster.url("hoicho")).args(["-v", "ON_ERROR_STOP=1", "-c", &copy]))
            },
        );
    } else {
        println!("no PostgreSQL: not measured there");
    }
    figures.publish("counts").unwrap();
    std::process::exit(0);
}
