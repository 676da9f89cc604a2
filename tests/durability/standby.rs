//! Reads go to a replica and are never older than the writes of either node.
use std::{
    cell::Cell,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    demo,
    nodes::{Nodes, whichever},
    server::Server,
    stop_on_drop::StopOnDrop,
    wait::wait_until,
};

/// Two nodes that write to a primary and read a replica, and the row they write.
struct Readers {
    nodes: Nodes,
    /// The organiser that is renamed.
    organiser: String,
    /// The organiser's version.
    version: Cell<u32>,
}

impl Readers {
    fn start(write: &str, read: &str, folder: &Path) -> Self {
        let nodes = Nodes::start(write, read, folder);
        let organisers = nodes.one.get("/organisers", Some(&nodes.token));
        let organiser = organisers["items"][0]["id"].as_str().unwrap().to_owned();
        Self { nodes, organiser, version: Cell::new(1) }
    }

    /// Writes through one node and immediately reads through the other, `times` times.
    fn write_here_and_read_there(&self, times: usize, round: &str) {
        let (callers, path) = (self.nodes.callers(), format!("/organisers/{}", self.organiser));
        for n in 0..times {
            let (here, there) = (&callers[n % 2], &callers[(n + 1) % 2]);
            let (name, version) = (format!("{round} {n}"), self.version.get());
            let seen = format!("\"v{version}\"");
            let written = here.send("PATCH", &path, &json!({ "name": name }), Some(&seen));
            let (status, body) = written.expect("no answer");
            assert_eq!(status, 200, "{body}");
            self.version.set(version + 1);
            assert_eq!(there.get(&path)["name"], Value::String(name), "what was written is not read");
        }
    }

    fn standby_reads(&self) -> u64 {
        let of = |node: &Server| -> u64 {
            let text = ureq::get(format!("{}/metrics", node.address().url())).call().unwrap();
            let text = text.into_body().read_to_string().unwrap();
            let line = text.lines().find_map(|l| l.strip_prefix("hoicho_reads_from_standby ")).unwrap();
            line.parse().unwrap()
        };
        of(&self.nodes.one) + of(&self.nodes.two)
    }

    fn until_the_standby_is_read(&self, round: &str) {
        let before = self.standby_reads();
        wait_until(&format!("{round}: the standby is read"), || {
            self.write_here_and_read_there(4, round);
            self.standby_reads() > before + 20
        });
    }
}

#[test]
fn lagging_replica_never_serves_stale_reads() {
    // The replica replays each commit with a delay.
    let Some(first) = demo::cluster(&["max_wal_senders=4", "recovery_min_apply_delay=15ms"]) else { return };
    let mut standby = first.standby("standby");
    let folder = tempfile::tempdir().unwrap();
    let readers =
        Readers::start(&whichever(&[&first], "read-write"), &whichever(&[&standby], "standby"), folder.path());

    readers.until_the_standby_is_read("it lags");
    readers.write_here_and_read_there(60, "it lags");

    standby.run("postgres", "SELECT pg_wal_replay_pause()");
    readers.write_here_and_read_there(10, "it stands still");
    standby.run("postgres", "SELECT pg_wal_replay_resume()");
    readers.until_the_standby_is_read("it goes on");

    standby.freeze();
    readers.write_here_and_read_there(10, "it is frozen");
    standby.thaw();
    readers.until_the_standby_is_read("it thaws");

    standby.kill();
    // A read in progress may fail; no later one does.
    for caller in readers.nodes.callers() {
        assert!(caller.get_status("/me").is_some_and(|status| status == 200 || status == 503));
    }
    readers.write_here_and_read_there(10, "it is gone");
    standby.start_again();
    readers.until_the_standby_is_read("it is back");
}

#[test]
fn diverged_replica_is_not_read_after_a_failover() {
    let Some(mut first) = demo::cluster(&["max_wal_senders=6"]) else { return };
    let (second, third) = (first.standby("second"), first.standby("third"));
    let write = whichever(&[&first, &second], "read-write");
    let folder = tempfile::tempdir().unwrap();
    let readers = Readers::start(&write, &whichever(&[&third], "standby"), folder.path());
    readers.until_the_standby_is_read("before");

    // The third is ahead of the second when that is promoted: its WAL position is higher, and on the old timeline.
    second.freeze();
    first.run(
        "hoicho",
        "SELECT pg_logical_emit_message(false, 'test', repeat('x', 1000000)) FROM generate_series(1, 48)",
    );
    let end = first.number("SELECT (pg_current_wal_flush_lsn() - '0/0')::BIGINT AS number");
    wait_until("the third has it", || {
        third.number("SELECT (pg_last_wal_replay_lsn() - '0/0')::BIGINT AS number") >= end
    });
    first.kill();
    second.thaw();
    second.promote();
    wait_until("it is back", || readers.nodes.answer());
    // A pooled connection is checked only if it was idle for a second. This is the least time to wait, not the longest.
    std::thread::sleep(Duration::from_millis(1_500));
    // The third still follows the dead primary: it responds, and its data is of another timeline.
    let before = readers.standby_reads();
    readers.write_here_and_read_there(20, "after");
    assert_eq!(readers.standby_reads(), before, "a standby of the dead one was read");
}

#[test]
fn replica_reads_see_own_writes_under_load() {
    let Some(first) = demo::cluster(&["max_wal_senders=4", "recovery_min_apply_delay=3ms"]) else { return };
    let standby = first.standby("standby");
    let folder = tempfile::tempdir().unwrap();
    let readers =
        Readers::start(&whichever(&[&first], "read-write"), &whichever(&[&standby], "standby"), folder.path());
    readers.until_the_standby_is_read("at first");
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for caller in readers.nodes.callers() {
            let (over, organiser) = (&over, &readers.organiser);
            // Other writes, so that the required WAL position advances all the time.
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    let venue = json!({ "organiser": organiser, "name": "Nhà thi đấu", "address": "Hạ Long" });
                    let (status, body) = caller.post("/venues", &venue).expect("no answer");
                    assert_eq!(status, 201, "{body}");
                }
            });
        }
        let _stop = StopOnDrop(&over);
        let before = readers.standby_reads();
        readers.write_here_and_read_there(100, "among others");
        // How often the replica is recent enough depends on the machine.
        wait_until("the standby is read a hundred times among the writes", || {
            readers.write_here_and_read_there(4, "among others");
            readers.standby_reads() > before + 100
        });
    });
}
