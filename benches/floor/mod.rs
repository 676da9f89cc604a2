//! Booths to hold, and clients that hold them.
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use hoicho_core::db::Database;
use serde_json::json;

use crate::load::{EDITION, Served, exchange, execute_all, rate};

/// Number of booth rows; when all booths are held, all are released.
const ROWS: usize = 60;

/// Booths of an edition and the application that holds them.
pub struct Floor {
    pub booths: Vec<String>,
    pub application: String,
    next: AtomicUsize,
}

impl Floor {
    pub fn new(served: &Served) -> Self {
        let zone = &served.get(&format!("{EDITION}/zones"))["items"][1]["id"];
        let kind = json!({ "zone": zone, "category": "standard" });
        let mut booths = Vec::new();
        for row in 0..ROWS / 5 {
            let row = char::from(b'A' + u8::try_from(row).unwrap());
            let run = |part| json!({ "pattern": format!("X{row}{part}001…X{row}{part}999"), "kind": kind });
            let runs = json!({ "runs": ('A'..='E').map(run).collect::<Vec<_>>() });
            let made = served.post(&format!("{EDITION}/booths/generate"), &runs);
            booths.extend(made["items"].as_array().unwrap().iter().map(|b| b["id"].as_str().unwrap().to_owned()));
        }
        let applications = served.get(&format!("{EDITION}/applications?state=approved&limit=1"));
        let application = applications["items"][0]["id"].as_str().unwrap().to_owned();
        Self { booths, application, next: AtomicUsize::new(0) }
    }

    pub fn next(&self) -> &str {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        self.booths.get(n).map(String::as_str).expect("more booths are needed for so fast a machine")
    }

    /// Releases all booths.
    pub fn clear(&self, db: &Database) {
        execute_all(db, ["DELETE FROM allocations WHERE state = 'held'", "DELETE FROM audit_log"]);
        self.next.store(0, Ordering::Relaxed);
    }
}

fn claim(floor: &Floor) -> String {
    json!({ "application": floor.application, "booths": [floor.next()], "eligibility_waiver": "x" }).to_string()
}

/// Holds per second over HTTP by a number of clients.
pub fn over_http(served: &Served, floor: &Floor, clients: usize, lasts: Duration) -> f64 {
    let path = format!("{EDITION}/allocations");
    let found = rate(clients, lasts, served.port, |stream, buffer| {
        let request = served.request("POST", &path, &claim(floor));
        exchange(stream, &request, buffer);
        assert!(buffer.starts_with(b"HTTP/1.1 201"), "{}", String::from_utf8_lossy(buffer));
    });
    floor.clear(&served.db);
    found
}
